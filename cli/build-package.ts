import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearOwnFolder } from './clear-own-folder.ts';
import { projectRoot } from './configuration.ts';
import { runCommand } from './embedded/run-command.ts';

/** What is published: `countersign/express` and `countersign/mcp`, each with all that it imports. */
const entries = { './express': 'mcp-server/express', './mcp': 'mcp-server/mcp' } as const;

/** What whoever uses the package has anyway, and must have once only. */
const peers: readonly string[] = ['@modelcontextprotocol/server', 'express'];

/**
 * Emits the npm package as JavaScript with types (RULES 30), because Node does not strip types under `node_modules`. It
 * depends on what it imports and on nothing else of the product.
 *
 * @param folder new, empty, or made by an earlier run, which is removed
 * @throws {Error} with the compiler's words, or when the folder holds anything else.
 */
export async function buildPackage(folder: string): Promise<void> {
  await clearOwnFolder(folder);
  const { code, output } = await runCommand(
    process.execPath,
    [
      join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc'),
      ...Object.values(entries).map((entry) => `${entry}.ts`),
      ...compilerOptions(folder),
    ],
    { cwd: projectRoot, timeoutMs: 120_000 },
  );
  if (code !== 0) throw new Error(`the package cannot be compiled:\n${output}`);
  await nameEmittedFiles(folder);
  const imported = await importedPackages(folder);
  const root = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as RootPackage;
  const range = (name: string): [string, string] => {
    const version = root.dependencies[name];
    if (version === undefined) throw new Error(`${name} is imported, and package.json does not name it`);
    return [name, `^${version}`];
  };
  const manifest = {
    name: root.name,
    version: root.version,
    description: 'Makes an MCP server a resource server of Countersign: durable, auditable approvals for AI agents',
    license: root.license,
    type: 'module',
    engines: { node: '>=20' },
    exports: Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [name, { types: `./${entry}.d.ts`, default: `./${entry}.js` }]),
    ),
    dependencies: Object.fromEntries(imported.filter((name) => !peers.includes(name)).map(range)),
    peerDependencies: Object.fromEntries(peers.map(range)),
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await copyFile(join(projectRoot, 'LICENSE'), join(folder, 'LICENSE'));
  await copyFile(join(projectRoot, 'docs', 'guides', 'package-readme.md'), join(folder, 'README.md'));
}

interface RootPackage {
  name: string;
  version: string;
  license: string;
  dependencies: Record<string, string>;
}

function compilerOptions(folder: string): string[] {
  const options = {
    ignoreConfig: true,
    target: 'ES2023',
    lib: 'ES2024',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    rewriteRelativeImportExtensions: true,
    declaration: true,
    stripInternal: true,
    skipLibCheck: true,
    types: 'node',
    rootDir: projectRoot,
    outDir: folder,
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** The compiler leaves the names of our sources in declarations; there are none in the package. */
async function nameEmittedFiles(folder: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll(/(["']\.{1,2}\/[^"']+)\.ts(?=["'])/g, '$1.js'));
  }
}

/** The names of the packages that the emitted JavaScript imports. */
async function importedPackages(folder: string): Promise<string[]> {
  const names = new Set<string>();
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b(?:[^'"]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
      names.add(specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return [...names].sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(projectRoot, 'dist', 'package'));
  await buildPackage(folder);
  console.log(`${folder} is what npm pack and npm publish take`);
}
