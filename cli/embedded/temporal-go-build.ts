import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { Say } from './temporal-binary.ts';

const version = 'v1.8.2';
/** The CLI's own go.mod replaces this module, which `go install …@version` refuses, hence a module of ours around it. */
const cliExtension = 'v0.0.0-20260731000218-c579925f193f';

/** Builds the Temporal CLI from its pinned Go module: about ten minutes on two cores, so the last resort. */
export async function buildTemporalCli(cacheFolder: string, say: Say): Promise<string | undefined> {
  const folder = join(cacheFolder, `temporal-go-${version}-${process.platform}-${process.arch}`);
  const program = join(folder, 'temporal');
  if ((await runCommand(program, ['--version'])).code === 0) return program;
  if ((await runCommand('go', ['version'])).code !== 0) return undefined;
  say('building the Temporal CLI from its Go module; this takes about 10 minutes, once');
  const work = join(folder, 'build');
  await mkdir(work, { recursive: true });
  await writeFile(
    join(work, 'go.mod'),
    `module countersign/temporal-cli\n\ngo 1.26\n\nrequire github.com/temporalio/cli ${version}\n\nreplace github.com/temporalio/cli/cliext => github.com/temporalio/cli/cliext ${cliExtension}\n`,
  );
  await writeFile(
    join(work, 'tools.go'),
    '//go:build tools\n\npackage tools\n\nimport _ "github.com/temporalio/cli/cmd/temporal"\n',
  );
  for (const args of [
    ['mod', 'tidy'],
    ['build', '-o', join(work, 'temporal'), 'github.com/temporalio/cli/cmd/temporal'],
  ]) {
    const { code, output } = await runCommand('go', args, { cwd: work });
    if (code !== 0) {
      say(`go ${args.join(' ')} failed: ${output.trim().split('\n').at(-1) ?? ''}`);
      return undefined;
    }
  }
  await rename(join(work, 'temporal'), program);
  await rm(work, { recursive: true, force: true });
  return program;
}
