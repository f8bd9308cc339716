import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
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

/** The first Python of this machine that is new enough. @returns undefined when there is none */
export async function pythonFrom(minor: number): Promise<string | undefined> {
  const versions = join(homedir(), '.pyenv', 'versions');
  const besides = existsSync(versions)
    ? (await readdir(versions)).map((name) => join(versions, name, 'bin', 'python3'))
    : [];
  for (const python of ['python3', 'python3.12', 'python3.13', 'python3.14', ...besides]) {
    const asked = await run(python, ['-c', 'import sys, venv; print(*sys.version_info[:2])']).catch(() => undefined);
    const [major, at] = (asked?.stdout ?? '').split(' ').map(Number);
    if (major === 3 && at !== undefined && at >= minor) return python;
  }
  return undefined;
}

/** The packages of a Python program with all that they need, named by their digests. @returns the path of the file */
export function requirementsOf(program: 'mcp' | 'ogx'): string {
  return join(projectRoot, 'test', 'interop', 'requirements', `${program}.txt`);
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
