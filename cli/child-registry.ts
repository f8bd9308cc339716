import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildRegistry } from './embedded/child-process.ts';
import { identifyProcess, stillRuns, type ProcessIdentity } from './process-identity.ts';

interface Entry extends ProcessIdentity {
  name: string;
}

interface Record {
  children: Entry[];
  /** Folders of sockets, removed with what used them. */
  runtimeFolders: string[];
}

/** Keeps the children of this start on disk, for the next start (RULES 26). */
export interface PersistentRegistry extends ChildRegistry {
  addRuntimeFolder(path: string): void;
  /** Ends every child at once, without a chance to tidy up. */
  killAll(): void;
  /** Removes the runtime folders and forgets everything: after a clean stop. */
  clear(): void;
}

/**
 * Stops what an earlier start left behind, then begins a new record.
 *
 * @returns the registry and the names of the processes that had outlived their parent.
 */
export async function openChildRegistry(file: string): Promise<{ registry: PersistentRegistry; stopped: string[] }> {
  const left = read(file);
  const stopped = await stopLeftovers(left.children);
  for (const folder of left.runtimeFolders) rmSync(folder, { recursive: true, force: true });
  const record: Record = { children: [], runtimeFolders: [] };
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  save();
  const registry: PersistentRegistry = {
    add(name, pid) {
      const identity = identifyProcess(pid);
      if (identity === undefined) return;
      record.children.push({ name, ...identity });
      save();
    },
    remove(pid) {
      record.children = record.children.filter((child) => child.pid !== pid);
      save();
    },
    addRuntimeFolder(path) {
      record.runtimeFolders.push(path);
      save();
    },
    killAll() {
      for (const child of record.children.filter(sameProcess)) signal(child.pid, 'SIGKILL');
    },
    clear() {
      for (const folder of record.runtimeFolders) rmSync(folder, { recursive: true, force: true });
      rmSync(file, { force: true });
    },
  };
  return { registry, stopped };
}

function read(file: string): Record {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record;
  } catch {
    return { children: [], runtimeFolders: [] };
  }
}

async function stopLeftovers(children: readonly Entry[]): Promise<string[]> {
  const living = children.filter(sameProcess);
  for (const child of living) signal(child.pid, 'SIGINT');
  // Roles end by themselves when their channel closes, PostgreSQL at SIGINT; what has not within 5 s is killed.
  for (let waited = 0; waited < 5_000 && living.some(sameProcess); waited += 50) await sleep(50);
  for (const child of living.filter(sameProcess)) signal(child.pid, 'SIGKILL');
  for (let waited = 0; waited < 2_000 && living.some(sameProcess); waited += 20) await sleep(20);
  return living.map((child) => child.name);
}

/** A child may have been written down while it still was the setpriv that then became it. */
function sameProcess(child: Entry): boolean {
  if (stillRuns(child)) return true;
  const found = identifyProcess(child.pid);
  return found !== undefined && found.startTime === child.startTime && child.commandLine.endsWith(found.commandLine);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in the meantime.
  }
}
