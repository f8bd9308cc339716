import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDirectory, maxEntries } from '../../mcp-server/files/list-directory.ts';

let base: string;
let root: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'countersign-jail-'));
  root = join(base, 'workspace');
  await mkdir(join(root, 'inner', 'deep'), { recursive: true });
  await mkdir(join(base, 'workspace-sibling'));
  await writeFile(join(base, 'secret.txt'), 'secret');
  await writeFile(join(base, 'workspace-sibling', 'secret.txt'), 'secret');
  await writeFile(join(root, 'a.txt'), '12345');
  await writeFile(join(root, 'inner', 'b.txt'), '');
  await symlink(base, join(root, 'out'));
  await symlink(join(base, 'workspace-sibling'), join(root, 'out-sibling'));
  await symlink('/etc/passwd', join(root, 'out-file'));
  await symlink('/nowhere/at/all', join(root, 'dangling'));
  await symlink('inner', join(root, 'in'));
  await symlink('loop', join(root, 'loop'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
});
afterAll(() => rm(base, { recursive: true, force: true }));

describe.runIf(process.platform === 'linux')('listing folders of the workspace', () => {
  it('lists names, types, sizes and times; links only by name', async () => {
    const { path, entries, truncated } = await listDirectory(root, '.');
    expect(path).toBe('.');
    expect(truncated).toBe(false);
    expect(entries).toEqual([
      { name: 'a.txt', type: 'file', size: 5, modifiedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string },
      { name: 'dangling', type: 'link' },
      { name: 'in', type: 'link' },
      { name: 'inner', type: 'directory', modifiedAt: expect.any(String) as string },
      { name: 'loop', type: 'link' },
      { name: 'out', type: 'link' },
      { name: 'out-file', type: 'link' },
      { name: 'out-sibling', type: 'link' },
      { name: 'pipe', type: 'other' },
    ]);
  });

  it.each([
    ['', '.'],
    ['inner/', 'inner'],
    ['./inner/./deep', 'inner/deep'],
    ['in', 'in'],
  ])('takes %j', async (given, path) => {
    expect(await listDirectory(root, given)).toMatchObject({ path });
  });

  it.each(['..', '../', 'inner/../..', '../workspace-sibling', '/', '/etc', 'a\0b'])('refuses %j', async (path) => {
    await expect(listDirectory(root, path)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each(['out', 'out/workspace-sibling', 'out-sibling', 'out-file', 'dangling', 'loop', 'pipe', 'a.txt', 'nowhere'])(
    'says the same of %j, whatever is there',
    async (path) => {
      await expect(listDirectory(root, path)).rejects.toMatchObject({
        code: 'not_found',
        message: 'There is no such folder in the workspace.',
      });
    },
  );

  it('stops after so many entries and says so', async () => {
    const many = join(root, 'many');
    await mkdir(many);
    await Promise.all(Array.from({ length: maxEntries + 1 }, (_, index) => writeFile(join(many, `${index}`), '')));
    const listing = await listDirectory(root, 'many');
    expect(listing.entries).toHaveLength(maxEntries);
    expect(listing.truncated).toBe(true);
    await rm(many, { recursive: true });
  });

  it('leaks nothing while a folder is swapped for a link out of the workspace', async () => {
    const victim = join(root, 'victim');
    let swapping = true;
    let swaps = 0;
    const swapper = (async () => {
      while (swapping) {
        await mkdir(victim);
        await rm(victim, { recursive: true });
        await symlink(base, victim);
        await unlink(victim);
        swaps += 1;
      }
    })();
    for (let tries = 0; tries < 1_500; tries += 1) {
      const listing = await listDirectory(root, 'victim').catch(() => undefined);
      expect(listing?.entries.map(({ name }) => name) ?? []).not.toContain('secret.txt');
    }
    swapping = false;
    await swapper;
    expect(swaps).toBeGreaterThan(10);
  });
});
