import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What was found where the file should be. */
export type FileReading = { source: string } | { unreadable: string };

/** What {@link followFile} follows, and whom it tells. */
export interface FollowFileOptions {
  path: string;
  /** Told of each new content, one after the other, the present one first. A rejection means: again, shortly. */
  onContent: (reading: FileReading) => Promise<void>;
  /** Told when `onContent` fails, once until it succeeds again. */
  onFailure: (error: unknown) => void;
  /** How often the file is read in any case: watching misses changes on some file systems. */
  pollMs?: number;
  /** For how long the content must stay the same: a file that is being written is not judged by its half. */
  settleMs?: number;
  /** The same for a file that is not there or empty: editors take it away for a moment. */
  absentMs?: number;
}

/** Follows one file by watching its folder, because editors replace files, and by polling. */
export function followFile(options: FollowFileOptions): { close(): Promise<void> } {
  const { path, pollMs = 2_000, settleMs = 200, absentMs = 1_500 } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let nudge: () => void = () => undefined;
  let handled: string | undefined;
  let failing = false;

  const watcher = watchFolder(path, () => nudge());
  const pause = (milliseconds: number): Promise<unknown> =>
    sleep(milliseconds, undefined, { signal }).catch(() => undefined);

  /** The content, once it has stayed the same; `undefined` when it is still changing. */
  async function settled(nudged: Promise<void>): Promise<FileReading | undefined> {
    const first = await read(path);
    if (fingerprint(first) === handled) return undefined;
    const absent = 'unreadable' in first || first.source.trim() === '';
    // What is gone for a moment only is looked at again as soon as something happens to it.
    const changed = absent
      ? await Promise.race([pause(absentMs).then(() => false), nudged.then(() => true)])
      : await pause(settleMs).then(() => false);
    if (changed || signal.aborted) return undefined;
    const second = await read(path);
    if (fingerprint(second) === fingerprint(first)) return second;
    nudge();
    return undefined;
  }

  async function look(nudged: Promise<void>): Promise<void> {
    try {
      const reading = await settled(nudged);
      if (reading === undefined) return;
      await options.onContent(reading);
      handled = fingerprint(reading);
      failing = false;
    } catch (error) {
      if (!failing) options.onFailure(error);
      failing = true;
    }
  }

  const following = (async () => {
    while (!signal.aborted) {
      const nudged = new Promise<void>((resolve) => {
        nudge = resolve;
      });
      await look(nudged);
      const waiting = new AbortController();
      await Promise.race([
        nudged,
        sleep(pollMs, undefined, { signal: AbortSignal.any([signal, waiting.signal]) }).catch(() => undefined),
      ]);
      waiting.abort();
    }
  })();

  return {
    close: async () => {
      closing.abort();
      watcher?.close();
      await following;
    },
  };
}

function watchFolder(path: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), (_event, name) => {
      if (name === null || name === basename(path)) onEvent();
    });
    // Polling goes on without it.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

async function read(path: string): Promise<FileReading> {
  try {
    return { source: await readFile(path, 'utf8') };
  } catch (error) {
    return { unreadable: error instanceof Error && 'code' in error ? String(error.code) : 'unreadable' };
  }
}

function fingerprint(reading: FileReading): string {
  if ('unreadable' in reading) return `unreadable:${reading.unreadable}`;
  return createHash('sha256').update(reading.source).digest('hex');
}
