import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../cli/configuration.ts';

const run = promisify(execFile);

/** Kept between runs: these programs are large, and none of the product's own. */
const cache = join(projectRoot, 'node_modules', '.cache', 'countersign-interop');

/** A program of npm at exactly this version, with what it needs, in a folder of its own. @returns the folder */
export function npmProgram(name: string, version: string): Promise<string> {
  return once(`${name.replaceAll(/\W+/g, '-')}-${version}`, async (folder) => {
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`], { cwd: folder });
  });
}

/** A virtual environment with exactly these packages. @returns its interpreter */
export async function pythonWith(python: string, requirements: readonly string[]): Promise<string> {
  const folder = await once(`python-${requirements.join('-').replaceAll(/[^\w.]+/g, '-')}`, async (at) => {
    await run(python, ['-m', 'venv', at]);
    await run(join(at, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements]);
  });
  return join(folder, 'bin', 'python');
}

/** An installation that was cut off is begun again. */
async function once(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name);
  const complete = join(folder, '.complete');
  if (existsSync(complete)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await install(folder);
  await writeFile(complete, '');
  return folder;
}
