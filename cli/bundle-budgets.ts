import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';

/** Vite's manifest, as far as sizes take it. */
const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);

/** Something that a browser loads at once, and how large it may be. Gzip, in kB of 1,024 bytes. */
export interface BundleSize {
  what: string;
  kb: number;
  budgetKb: number;
}

const initialBudgetKb = { chat: 120, admin: 150, consent: 120 } as const;
const lazyPageBudgetKb = 20;
const stylesBudgetKb = 10;

/** An app, as it is named below `dist/web`. */
export type BuiltApp = keyof typeof initialBudgetKb;

/** Every app that has a budget. */
export const builtApps = Object.keys(initialBudgetKb) as BuiltApp[];

/** The sizes of a built app: what its first page loads, each page that comes later, its styles. */
export async function bundleSizes(folder: string, app: BuiltApp): Promise<BundleSize[]> {
  const root = join(folder, app);
  const manifest = await readFile(join(root, '.vite', 'manifest.json'), 'utf8');
  const { initial, lazy, styles } = partsOf(JSON.parse(manifest));
  const kbOf = async (files: readonly string[]): Promise<number> => {
    const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
    return contents.reduce((sum, content) => sum + gzipSync(content).length, 0) / 1_024;
  };
  return [
    { what: `${app}: first scripts`, kb: await kbOf(initial), budgetKb: initialBudgetKb[app] },
    { what: `${app}: styles`, kb: await kbOf(styles), budgetKb: stylesBudgetKb },
    ...(await Promise.all(
      lazy.map(async ({ name, files }) => ({
        what: `${app}: ${name}`,
        kb: await kbOf(files),
        budgetKb: lazyPageBudgetKb,
      })),
    )),
  ];
}

/** Which files are loaded when, by the manifest: a later page loads what the first one has not loaded. */
export function partsOf(json: unknown): {
  initial: string[];
  lazy: { name: string; files: string[] }[];
  styles: string[];
} {
  const manifest = manifestSchema.parse(json);
  const closure = (keys: readonly string[]): Set<string> => {
    const seen = new Set<string>();
    const queue = [...keys];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(...(manifest[key]?.imports ?? []));
    }
    return seen;
  };
  const filesOf = (keys: Iterable<string>): string[] => [...keys].flatMap((key) => manifest[key]?.file ?? []);
  const first = closure(Object.keys(manifest).filter((key) => manifest[key]?.isEntry === true));
  const later = new Set(Object.values(manifest).flatMap(({ dynamicImports }) => dynamicImports));
  return {
    initial: filesOf(first),
    lazy: [...later]
      .filter((key) => !first.has(key))
      .sort()
      .map((name) => ({ name, files: filesOf([...closure([name])].filter((key) => !first.has(key))) })),
    styles: [...new Set(Object.values(manifest).flatMap(({ css }) => css))],
  };
}

/** What is over its budget, a line each. */
export async function overBudget(folder: string): Promise<string[]> {
  const sizes = (await Promise.all(builtApps.map((app) => bundleSizes(folder, app)))).flat();
  return sizes
    .filter(({ kb, budgetKb }) => kb > budgetKb)
    .map(({ what, kb, budgetKb }) => `${what}: ${kb.toFixed(1)} kB gzip, at most ${budgetKb}`);
}
