import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from '../process-identity.ts';

/**
 * After a crash, waits until the number of the killed server is free. PostgreSQL takes a process that has ended but
 * that nobody has collected yet for a living owner of its data folder, and refuses to start.
 */
export async function waitForKilledServer(dataFolder: string, timeoutMs = 10_000): Promise<void> {
  const lock = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(lock.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  // One that lives is for PostgreSQL to judge: it compares more than the number.
  for (let waited = 0; waited < timeoutMs && isUncollected(pid); waited += 50) await sleep(50);
}

function isUncollected(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return identifyProcess(pid) === undefined;
}
