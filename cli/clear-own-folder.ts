import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that npm packs never; what stands in it says whose the folder is. */
const marker = { name: '.npmignore', text: '# Made by npm run package, which empties this folder each time.\n' };

/**
 * Makes a folder empty, or makes it, and marks it as one that may be emptied again.
 *
 * @throws {Error} when it holds anything and is not marked: then nothing is removed.
 */
export async function clearOwnFolder(folder: string): Promise<void> {
  const held = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [] as string[];
    throw error;
  });
  const mark = join(folder, marker.name);
  if (held.length > 0) {
    const found = held.includes(marker.name) ? await readFile(mark, 'utf8') : undefined;
    if (found !== marker.text)
      throw new Error(
        `${folder} holds files that were not made here. Name a folder that is empty or new, or remove it.`,
      );
    await rm(folder, { recursive: true });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(mark, marker.text);
}
