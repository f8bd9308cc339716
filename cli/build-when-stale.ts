import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from './configuration.ts';
import { runCommand } from './embedded/run-command.ts';

/** What the web apps are built from: files and folders below the project. */
const webSources = ['web', 'api/contract', 'package-lock.json'];
const stamp = join(projectRoot, 'dist', 'web', '.built-from');
const builder = join(projectRoot, 'web', 'build.ts');

/** Whether `dist/web` was built from other sources than these. */
export async function webIsStale(): Promise<boolean> {
  const built = await readFile(stamp, 'utf8').catch(() => undefined);
  return built !== (await digestOf(webSources));
}

/**
 * Builds the web apps into `dist/web`.
 *
 * @throws Error with the build's output.
 */
export async function buildWeb(): Promise<void> {
  const digest = await digestOf(webSources);
  await rm(stamp, { force: true });
  const { code, output } = await runCommand(process.execPath, [builder], { cwd: projectRoot });
  if (code !== 0) throw new Error(`the web apps could not be built:\n${output.trim()}`);
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, digest);
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesOf(path))
      hash
        .update(file)
        .update('\0')
        .update(await readFile(join(projectRoot, file)));
  }
  return hash.digest('hex');
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, path), { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .sort();
}
