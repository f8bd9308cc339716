import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
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
  /** Settings that must be there before the package is installed. */
  settings?: { path: string; text: string };
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

/** The oldest PostgreSQL that we run on, for the tests; Debian would start a server of its own with it. */
export const postgres15: SystemProgram = {
  package: 'postgresql-15',
  paths: ['/usr/lib/postgresql/15/bin/postgres'],
  feature: 'the store is not tested on PostgreSQL 15',
  settings: {
    path: '/etc/postgresql-common/createcluster.d/countersign.conf',
    text: 'create_main_cluster = false\n',
  },
};

/** Makes virtual environments; it has no program of its own, so whoever needs it tries Python first. */
export const python3Venv: SystemProgram = {
  package: 'python3-venv',
  paths: [],
  feature: 'the Python example is not tested',
};

/** Whether the program is there. */
export function isInstalled(program: SystemProgram): boolean {
  return program.paths.some((path) => existsSync(path));
}

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
    for (const program of missing)
      progress.say(
        `${program.package} is not installed (as root on Debian it would be installed by itself): ${program.feature}`,
      );
    return missing;
  }
  for (const { settings } of missing) if (settings !== undefined) await writeSettings(settings);
  await progress.step(`installing ${names.join(', ')} with apt-get`, () => install(names, progress));
  return missing.filter(isMissing);
}

function isMissing(program: SystemProgram): boolean {
  return !isInstalled(program);
}

async function writeSettings({ path, text }: NonNullable<SystemProgram['settings']>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
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
