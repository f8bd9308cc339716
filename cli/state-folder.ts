import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, stillRuns, type ProcessIdentity } from './process-identity.ts';

/** Paths below the state folder. */
export interface StateFolder {
  path: string;
  keys: string;
  secrets: string;
  logs: string;
  temporalDatabase: string;
  childrenFile: string;
  /** Gives the folder up. */
  unlock(): void;
}

/** Somebody else runs on this state folder. */
export class StateFolderInUseError extends Error {
  override readonly name = 'StateFolderInUseError';
}

/**
 * Makes the state folder where it is missing and locks it. A lock whose owner is dead is free.
 *
 * @throws {StateFolderInUseError} that names the owner.
 */
export function openStateFolder(path: string): StateFolder {
  const folders = {
    keys: join(path, 'keys'),
    secrets: join(path, 'secrets'),
    logs: join(path, 'logs'),
    temporal: join(path, 'temporal'),
  };
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // PostgreSQL's user must pass through to its own folder when we are root; everything else is closed by itself.
  chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lock(join(path, 'lock'), path);
  return {
    path,
    keys: folders.keys,
    secrets: folders.secrets,
    logs: folders.logs,
    temporalDatabase: join(folders.temporal, 'temporal.db'),
    childrenFile: join(path, 'children.json'),
    unlock,
  };
}

function lock(file: string, folder: string): () => void {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error('this process cannot be described');
  const mine = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(mine, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // A hard link appears whole or not at all, and fails when the name is taken.
      if (tryLink(mine, file)) return () => rmSync(file, { force: true });
      const owner = readOwner(file);
      if (owner !== undefined && stillRuns(owner)) {
        throw new StateFolderInUseError(
          `Countersign already runs on ${folder} (process ${owner.pid}). Stop it there with Ctrl-C, or give this one a folder of its own with --state <folder> and other ports.`,
        );
      }
      takeAway(file, `${mine}.dead`, owner);
    }
    throw new StateFolderInUseError(`The lock ${file} keeps changing hands; try again.`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Of two starts that both saw a dead owner, the slower may have moved the quicker one's new lock: it puts it back. */
function takeAway(file: string, aside: string, dead: ProcessIdentity | undefined): void {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readOwner(aside);
  if (moved?.pid !== dead?.pid || moved?.startTime !== dead?.startTime) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
