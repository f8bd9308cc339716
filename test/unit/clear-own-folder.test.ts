import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearOwnFolder } from '../../cli/clear-own-folder.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'cs-own-folder-'));
});
afterEach(async () => {
  await rm(work, { recursive: true });
});

it.each(['precious.txt', '.npmignore', '.git'])(
  'removes nothing from a folder that holds somebody’s %s',
  async (name) => {
    await writeFile(join(work, name), 'precious');
    await expect(clearOwnFolder(work)).rejects.toThrow('holds files that were not made here');
    expect(await readdir(work)).toEqual([name]);
  },
);

it('takes no file for a folder', async () => {
  const file = join(work, 'file');
  await writeFile(file, 'precious');
  await expect(clearOwnFolder(file)).rejects.toThrow('ENOTDIR');
  expect(await readdir(work)).toEqual(['file']);
});

it.each(['empty', 'new/below'])('takes a folder that is %s, and empties it the next time', async (name) => {
  const folder = join(work, name);
  if (name === 'empty') await mkdir(folder);
  await clearOwnFolder(folder);
  await writeFile(join(folder, 'emitted.js'), '');
  await clearOwnFolder(folder);
  expect(await readdir(folder)).toEqual(['.npmignore']);
});
