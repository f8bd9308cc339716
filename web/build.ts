import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webAppNames } from './web-apps.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const output = join(repository, 'dist', 'web');
const stampFile = join(output, '.built-from');

/** Digest of all that the built apps are made from; `api/contract` gives types only, so it does not count. */
async function digestOfSources(): Promise<string> {
  const entries = await readdir(join(repository, 'web'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [join(repository, 'package-lock.json'), ...files.sort()]) {
    hash
      .update(file.slice(repository.length))
      .update('\0')
      .update(await readFile(file));
  }
  return hash.digest('hex');
}

/**
 * Builds the web apps into `dist/web`, unless they are there already from the very same sources: a second start must
 * not wait for a bundler.
 */
async function buildWebApps(): Promise<void> {
  const digest = await digestOfSources();
  const built = await readFile(stampFile, 'utf8').catch(() => undefined);
  if (built === digest) return;
  await rm(stampFile, { force: true });
  const { build } = await import('vite');
  const configFile = join(repository, 'web', 'vite.config.ts');
  for (const mode of webAppNames) await build({ configFile, mode, logLevel: 'warn' });
  await mkdir(output, { recursive: true });
  await writeFile(stampFile, digest);
}

await buildWebApps();
