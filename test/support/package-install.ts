import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildPackage } from '../../cli/build-package.ts';
import { projectRoot } from '../../cli/configuration.ts';

const run = promisify(execFile);

/** An empty project in which the package was installed from its tarball. */
export interface InstalledPackage {
  folder: string;
  /** What the tarball holds. */
  files: readonly string[];
  /** By npm from its cache, or, where that lacks something, unpacked beside links to our own dependencies. */
  by: 'npm ci --offline' | 'links to our node_modules';
}

interface LockedPackage {
  version?: string;
  integrity?: string;
  resolved?: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** Builds the package, packs it, and installs the tarball in an empty project, without a network. */
export async function installPackage(work: string, extra: readonly string[]): Promise<InstalledPackage> {
  const built = join(work, 'built');
  await buildPackage(built);
  const { stdout } = await npm(['pack', '--json', '--pack-destination', work, built], work);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm pack packed nothing');
  const folder = join(work, 'project');
  await mkdir(folder);
  const tarball = join(work, packed.filename);
  const manifest = JSON.parse(await readFile(join(built, 'package.json'), 'utf8')) as LockedPackage & { name: string };
  const wanted = [...new Set([...Object.keys(manifest.peerDependencies ?? {}), ...extra])];
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'empty',
      private: true,
      type: 'module',
      dependencies: { [manifest.name]: `file:${tarball}`, ...(await versionsOf(wanted)) },
    }),
  );
  await writeFile(join(folder, 'package-lock.json'), await lockFor(manifest, tarball, wanted));
  const files = packed.files.map(({ path }) => path);
  try {
    await npm(['ci', '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
    return { folder, files, by: 'npm ci --offline' };
  } catch {
    const modules = join(folder, 'node_modules');
    await mkdir(join(modules, manifest.name), { recursive: true });
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, manifest.name)]);
    for (const name of [...Object.keys(manifest.dependencies ?? {}), ...wanted]) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(projectRoot, 'node_modules', name), join(modules, name)).catch(() => undefined);
    }
    return { folder, files, by: 'links to our node_modules' };
  }
}

function npm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  return run('npm', [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
}

async function lockedPackages(): Promise<Record<string, LockedPackage>> {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return lock.packages;
}

async function versionsOf(names: readonly string[]): Promise<Record<string, string>> {
  const packages = await lockedPackages();
  return Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`]?.version ?? '*']));
}

/** A lock file with what the project needs of ours, so that npm finds it in its cache by digest. */
async function lockFor(
  manifest: LockedPackage & { name: string },
  tarball: string,
  wanted: readonly string[],
): Promise<string> {
  const packages = await lockedPackages();
  const needed: Record<string, LockedPackage> = {};
  const waiting = [...Object.keys(manifest.dependencies ?? {}), ...wanted].map((name) => ({ name, from: '' }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const location = locate(packages, next.from, next.name);
    const found = location === undefined ? undefined : packages[location];
    if (location === undefined || found === undefined || needed[location] !== undefined) continue;
    const { version, resolved, integrity, dependencies, peerDependencies } = found;
    needed[location] = Object.fromEntries(
      Object.entries({ version, resolved, integrity, dependencies, peerDependencies }).filter(([, value]) => value),
    );
    const names = Object.keys({ ...dependencies, ...peerDependencies });
    waiting.push(...names.map((name) => ({ name, from: location })));
  }
  const { name, version, dependencies, peerDependencies } = manifest;
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  const root = { name: 'empty', dependencies: { [name]: `file:${tarball}`, ...(await versionsOf(wanted)) } };
  return JSON.stringify({
    name: 'empty',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': root,
      ...needed,
      [`node_modules/${name}`]: { version, resolved: `file:${tarball}`, integrity, dependencies, peerDependencies },
    },
  });
}

/** As Node looks for it: beside whoever imports it, or above. */
function locate(packages: Record<string, LockedPackage>, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const location = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[location] !== undefined) return location;
    if (at === '') return undefined;
  }
}
