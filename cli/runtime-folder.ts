import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MachineEnvironment } from './configuration.ts';

/** Folders of one start's sockets. Short, as a socket's path is limited to 107 bytes. */
export interface RuntimeFolder {
  path: string;
  /** PostgreSQL's own, for its socket. */
  postgres: string;
  /** Of the roles: the mint's socket and scratch files. */
  roles: string;
}

/** Makes a new folder where this machine keeps sockets: `/run` for root, the session's for others, else the temporary one. */
export function makeRuntimeFolder(machine: MachineEnvironment): RuntimeFolder {
  const asRoot = process.getuid?.() === 0;
  const candidates = asRoot ? ['/run', tmpdir()] : [machine.runtimeFolder, tmpdir()];
  const parent =
    candidates.find((folder): folder is string => folder !== undefined && folder.length < 60 && isWritable(folder)) ??
    '/tmp';
  const path = mkdtempSync(join(parent, 'countersign-'));
  const folder = { path, postgres: join(path, 'postgres'), roles: join(path, 'roles') };
  // PostgreSQL's user passes through; each folder below is closed by itself.
  if (asRoot) chmodSync(path, 0o711);
  mkdirSync(folder.postgres, { mode: 0o700 });
  mkdirSync(folder.roles, { mode: 0o700 });
  return folder;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
