import { constants, open, opendir, readlink, lstat, realpath } from 'node:fs/promises';
import { posix, sep } from 'node:path';
import { DomainError } from '../../workflows/domain/errors.ts';

/** One name in a folder. Links are named, never followed: size and time of their target stay unknown. */
export interface DirectoryEntry {
  name: string;
  type: 'file' | 'directory' | 'link' | 'other';
  /** Bytes; files only. */
  size?: number;
  /** ISO 8601; files and directories only. */
  modifiedAt?: string;
}

/** What a folder of the workspace holds. */
export interface DirectoryListing {
  /** Relative to the workspace, `.` for itself. */
  path: string;
  entries: DirectoryEntry[];
  /** There are more entries than are listed. */
  truncated: boolean;
}

/** How many entries are listed at most. */
export const maxEntries = 1_000;

/** Whether folders can be confined here: it takes `/proc/self/fd`. */
export function canListDirectories(): boolean {
  return process.platform === 'linux';
}

/**
 * Lists a folder of the workspace. The folder is opened first and judged by where the open descriptor really is, and
 * everything is read through that descriptor, so that swapping a link in between gains nothing.
 *
 * @param root the workspace.
 * @param path relative to it.
 * @throws {DomainError} `invalid_request` for a path that is absolute or has `..`, `not_found` for what is no folder in the workspace.
 */
export async function listDirectory(root: string, path: string): Promise<DirectoryListing> {
  const relative = checkedRelativePath(path);
  const realRoot = await realpath(root);
  const handle = await openDirectory(posix.join(realRoot, relative));
  try {
    const descriptor = `/proc/self/fd/${handle.fd}`;
    const real = await readlink(descriptor);
    if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) throw noSuchFolder();
    return { path: relative, ...(await readEntries(descriptor)) };
  } finally {
    await handle.close();
  }
}

function checkedRelativePath(path: string): string {
  if (path.includes('\0')) throw new DomainError('invalid_request', 'A path has no NUL character.');
  if (path.startsWith('/') || path.split('/').includes('..')) throw outside();
  const normalized = posix.normalize(path === '' ? '.' : path);
  return normalized.length > 1 && normalized.endsWith('/') ? normalized.slice(0, -1) : normalized;
}

async function openDirectory(path: string): ReturnType<typeof open> {
  try {
    // O_NONBLOCK: a FIFO put there must not make us wait.
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK);
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOTDIR':
      case 'ENOENT':
      case 'EACCES':
      case 'ELOOP':
      case 'ENAMETOOLONG':
        throw noSuchFolder();
      default:
        throw error;
    }
  }
}

async function readEntries(descriptor: string): Promise<{ entries: DirectoryEntry[]; truncated: boolean }> {
  const names: string[] = [];
  let truncated = false;
  for await (const { name } of await opendir(descriptor)) {
    if (names.length === maxEntries) {
      truncated = true;
      break;
    }
    names.push(name);
  }
  const entries: DirectoryEntry[] = [];
  for (const name of names.sort()) {
    const entry = await describeEntry(descriptor, name);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, truncated };
}

async function describeEntry(descriptor: string, name: string): Promise<DirectoryEntry | undefined> {
  try {
    const stats = await lstat(`${descriptor}/${name}`);
    if (stats.isSymbolicLink()) return { name, type: 'link' };
    const modifiedAt = stats.mtime.toISOString();
    if (stats.isFile()) return { name, type: 'file', size: stats.size, modifiedAt };
    if (stats.isDirectory()) return { name, type: 'directory', modifiedAt };
    return { name, type: 'other' };
  } catch (error) {
    // It has gone since the folder was read.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** One answer for all of these: through a link out of the workspace nobody must learn what exists there. */
function noSuchFolder(): DomainError {
  return new DomainError('not_found', 'There is no such folder in the workspace.');
}

function outside(): DomainError {
  return new DomainError(
    'invalid_request',
    'Only folders inside the workspace can be listed: give a path relative to it, without "..".',
  );
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
