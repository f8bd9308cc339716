import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './configuration.ts';
import { runCommand } from './embedded/run-command.ts';
import type { Progress } from './progress.ts';

/** Something made from sources ahead of time, so that a second start need not wait for it. */
export interface Build {
  /** For people, e.g. `the web apps`. */
  what: string;
  /** Files and folders below the project that it is made from. */
  sources: readonly string[];
  /** The script that makes it, below the project. */
  script: string;
  /** The folder it is made into, below the project. */
  output: string;
}

/** What browsers load. */
export const webApps: Build = {
  what: 'the web apps',
  sources: ['web', 'package-lock.json'],
  script: 'web/build.ts',
  output: 'dist/web',
};

/** The code of the workflows, as the worker takes it. */
export const workflowBundle: Build = {
  what: 'the workflow bundle',
  sources: ['workflows', 'workers/bundle.ts', 'package-lock.json'],
  script: 'workers/build.ts',
  output: 'dist/workflows',
};

/**
 * Makes it, unless it is there already from the very same sources.
 *
 * @throws Error with the build's output.
 */
export async function buildWhenStale(build: Build, progress: Progress): Promise<void> {
  const stamp = join(projectRoot, build.output, '.built-from');
  const digest = await digestOf(build.sources);
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) === digest) return;
  await progress.step(`building ${build.what}`, async () => {
    await rm(stamp, { force: true });
    await mkdir(join(projectRoot, build.output), { recursive: true });
    const { code, output } = await runCommand(process.execPath, [join(projectRoot, build.script)], {
      cwd: projectRoot,
    });
    if (code !== 0) throw new Error(`${build.what} could not be built:\n${output.trim()}`);
    await writeFile(stamp, digest);
  });
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesOf(path))
      hash
        .update(file)
        .update('\0')
        .update(await readFile(join(projectRoot, file)));
  }
  return hash.digest('hex');
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, path), { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .sort();
}
