import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PersistentRegistry } from './child-registry.ts';
import type { RunningChild } from './embedded/child-process.ts';
import type { Progress } from './progress.ts';
import type { StateFolder } from './state-folder.ts';

/** What stops the parts, in the order they were started. */
export type Stops = (() => Promise<void>)[];

/** What every part of a start needs. */
export interface StartContext {
  state: StateFolder;
  registry: PersistentRegistry;
  progress: Progress;
  stops: Stops;
}

const largestLogBytes = 20 * 1024 * 1024;

/** A log from earlier starts goes on until it is large; then one older file is kept. */
export function logFile(state: StateFolder, name: string): string {
  const file = join(state.logs, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLogBytes) renameSync(file, `${file}.1`);
  return file;
}

/** How a child ended, in words. */
export async function endOf(child: RunningChild): Promise<string> {
  const { code, signal } = await child.exited;
  return signal ?? `exit code ${code ?? '?'}`;
}
