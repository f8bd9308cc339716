import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followFile, type FileReading, type FollowFileOptions } from '../../activities/policy/follow-file.ts';

let folder: string;
let path: string;
let seen: string[];
let failures: string[];
let following: { close(): Promise<void> };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cs-follow-'));
  path = join(folder, 'file.yaml');
  seen = [];
  failures = [];
  await writeFile(path, 'first');
});
afterEach(async () => {
  await following.close();
  await rm(folder, { recursive: true });
});

/** The machine may be busy. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const text = (reading: FileReading): string => ('source' in reading ? reading.source : reading.unreadable);

function follow(options: Partial<FollowFileOptions> = {}): void {
  following = followFile({
    path,
    pollMs: 50,
    settleMs: 30,
    absentMs: 300,
    onContent: (reading) => {
      seen.push(text(reading));
      return Promise.resolve();
    },
    onFailure: (error) => failures.push(String(error)),
    ...options,
  });
}

/** What editors do: write beside it, then put it in its place. */
async function replace(content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

it('tells the present content first and each new one once, however it is written', async () => {
  follow();
  await eventually(() => seen).toEqual(['first']);
  await writeFile(path, 'second');
  await eventually(() => seen).toEqual(['first', 'second']);
  await replace('third');
  await eventually(() => seen).toEqual(['first', 'second', 'third']);
  await replace('third');
  await sleep(200);
  expect(seen).toEqual(['first', 'second', 'third']);
});

it('is told by the file system long before the next poll', async () => {
  follow({ pollMs: 60_000 });
  await eventually(() => seen).toEqual(['first']);
  await replace('second');
  await eventually(() => seen).toEqual(['first', 'second']);
});

it('takes no notice of a file that is gone or empty for a moment, and does of one that stays away', async () => {
  follow();
  await eventually(() => seen).toEqual(['first']);
  await rm(path);
  await sleep(100);
  await writeFile(path, '');
  await sleep(100);
  await writeFile(path, 'second');
  await eventually(() => seen).toEqual(['first', 'second']);
  await rm(path);
  await eventually(() => seen).toEqual(['first', 'second', 'ENOENT']);
});

it('does not wait long when a file was empty for a moment only', async () => {
  follow({ pollMs: 60_000, absentMs: 60_000 });
  await eventually(() => seen).toEqual(['first']);
  await writeFile(path, '');
  await sleep(100);
  await writeFile(path, 'second');
  await eventually(() => seen).toEqual(['first', 'second']);
});

it('waits until a file that is being written stays the same', async () => {
  follow({ settleMs: 150 });
  await eventually(() => seen).toEqual(['first']);
  for (const part of ['a', 'ab', 'abc', 'abcd']) {
    await writeFile(path, part);
    await sleep(60);
  }
  await eventually(() => seen).toEqual(['first', 'abcd']);
});

it('tries again what failed, and says so once', async () => {
  let broken = true;
  follow({
    onContent: (reading) => {
      if (broken) return Promise.reject(new Error('away'));
      seen.push(text(reading));
      return Promise.resolve();
    },
  });
  await sleep(400);
  expect(failures).toEqual(['Error: away']);
  broken = false;
  await eventually(() => seen).toEqual(['first']);
});
