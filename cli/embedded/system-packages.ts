import { existsSync } from 'node:fs';
import { runCommand } from './run-command.ts';
import type { Progress } from '../progress.ts';

/** A program of the system that a feature needs. */
export interface SystemProgram {
  /** The Debian package. */
  package: string;
  /** Any of these present means that it is installed. */
  paths: readonly string[];
  /** What does not work without it. */
  feature: string;
}

/** Sandboxes the commands of `execute_command`. */
export const bubblewrap: SystemProgram = {
  package: 'bubblewrap',
  paths: ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap'],
  feature: 'execute_command is off: commands cannot be sandboxed',
};

/** The browser of the end-to-end tests. */
export const chromium: SystemProgram = {
  package: 'chromium',
  paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  feature: 'the end-to-end tests cannot run',
};

/** Lists `ps` and `free`, which the tour runs. */
export const procps: SystemProgram = {
  package: 'procps',
  paths: ['/usr/bin/ps', '/bin/ps'],
  feature: 'execute_command has no ps',
};

/**
 * Installs what is missing with apt-get when we are root on Debian; else only looks.
 *
 * @returns the programs that are still missing. It never throws: a feature is off then (RULES 28).
 */
export async function ensureSystemPrograms(
  wanted: readonly SystemProgram[],
  progress: Progress,
): Promise<SystemProgram[]> {
  const missing = wanted.filter(isMissing);
  if (missing.length === 0 || process.platform !== 'linux') return missing;
  const names = missing.map((program) => program.package);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    progress.say(`not installed: ${names.join(', ')} (as root on Debian it would be installed by itself)`);
    return missing;
  }
  await progress.step(`installing ${names.join(', ')} with apt-get`, () => install(names, progress));
  return missing.filter(isMissing);
}

function isMissing(program: SystemProgram): boolean {
  return !program.paths.some((path) => existsSync(path));
}

async function install(names: readonly string[], progress: Progress): Promise<void> {
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2', '-q', '-y'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const installArguments = [...options, '--no-install-recommends', 'install', ...names];
  const aptGet = (args: string[]) =>
    runCommand('/usr/bin/env', [...Object.entries(env).map(([key, value]) => `${key}=${value}`), 'apt-get', ...args], {
      timeoutMs: 600_000,
    });
  // A machine that has its package lists needs no update; a fresh one has none.
  if ((await aptGet(installArguments)).code === 0) return;
  await aptGet([...options, 'update']);
  const { code, output } = await aptGet(installArguments);
  if (code !== 0)
    progress.say(`apt-get could not install ${names.join(', ')}: ${output.trim().split('\n').at(-1) ?? ''}`);
}
