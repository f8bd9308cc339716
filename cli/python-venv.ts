import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './configuration.ts';
import { runCommand } from './embedded/run-command.ts';
import { ensureSystemPrograms, python3Venv } from './embedded/system-packages.ts';
import type { Progress } from './progress.ts';

/** The oldest Python that the example's packages run on. */
const oldest = { major: 3, minor: 10 };

/** Why there can be no virtual environment on this machine, or undefined. */
export async function whyNoPython(): Promise<string | undefined> {
  const { code, output } = await runCommand('python3', [
    '-c',
    'import sys; print(sys.version_info.major, sys.version_info.minor); import ensurepip, venv',
  ]);
  const [major = 0, minor = 0] = /^\d+ \d+/.exec(output)?.[0].split(' ').map(Number) ?? [];
  if (code === 127) return 'python3 is not installed.';
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor))
    return `python3 is ${major}.${minor}, and the example needs ${oldest.major}.${oldest.minor} or newer.`;
  return code === 0 ? undefined : `${python3Venv.package} is not installed: python3 has no ensurepip.`;
}

/**
 * A virtual environment of this Python with the packages of a requirements file that names the digest of each, made once for each content of it and
 * kept beside the other caches of `node_modules`.
 *
 * @returns the path of its Python, which has the packages' programs beside it.
 * @throws {Error} that says what to do when pip cannot get the packages.
 */
export async function pythonVenv(requirements: string, base = 'python3'): Promise<string> {
  const { output: version } = await runCommand(base, ['-VV']);
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .update(version)
    .digest('hex')
    .slice(0, 12);
  const folder = join(projectRoot, 'node_modules', '.cache', 'countersign', `python-${digest}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  await rm(folder, { recursive: true, force: true });
  await wanted(base, ['-m', 'venv', folder]);
  // Nothing but the very files that are named by their digests, and none whose setup would run.
  const exactly = ['--require-hashes', '--only-binary', ':all:', '-r', requirements];
  await wanted(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...exactly]);
  await writeFile(join(folder, 'complete'), '');
  return python;
}

/** Installs Python's venv module where that is possible, and fills the environment, with progress. */
export async function preparePython(requirements: string, progress: Progress): Promise<void> {
  if ((await whyNoPython())?.includes(python3Venv.package) === true)
    await ensureSystemPrograms([python3Venv], progress);
  const reason = await whyNoPython();
  if (reason !== undefined) {
    progress.say(`the Python example is skipped: ${reason}`);
    return;
  }
  try {
    await progress.step('installing the packages of the Python example with pip', () => pythonVenv(requirements));
  } catch (error) {
    // Its test fails with the same words.
    progress.say(error instanceof Error ? error.message : String(error));
  }
}

async function wanted(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command, args, { timeoutMs: 300_000 });
  if (code === 0) return;
  throw new Error(
    `${command} ${args.join(' ')} failed:\n${output.trim().slice(-2_000)}\nThe packages come from the index that pip is set up with. Where it cannot be reached, name one that can be in PIP_INDEX_URL, or run the other suites.`,
  );
}
