import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtApps, overBudget, partsOf } from '../../cli/bundle-budgets.ts';

const manifest = {
  'index.html': {
    file: 'assets/index.js',
    isEntry: true,
    imports: ['_react.js'],
    dynamicImports: ['a.tsx', 'b.tsx'],
    css: ['assets/index.css'],
  },
  '_react.js': { file: 'assets/react.js' },
  '_shared.js': { file: 'assets/shared.js', imports: ['_react.js'] },
  'a.tsx': { file: 'assets/a.js', imports: ['index.html', '_shared.js'] },
  'b.tsx': { file: 'assets/b.js', imports: ['_shared.js'], dynamicImports: ['c.tsx'] },
  'c.tsx': { file: 'assets/c.js', css: ['assets/c.css'] },
};

test('a later page is what it loads besides the first one', () => {
  expect(partsOf(manifest)).toEqual({
    initial: ['assets/index.js', 'assets/react.js'],
    lazy: [
      { name: 'a.tsx', files: ['assets/a.js', 'assets/shared.js'] },
      { name: 'b.tsx', files: ['assets/b.js', 'assets/shared.js'] },
      { name: 'c.tsx', files: ['assets/c.js'] },
    ],
    styles: ['assets/index.css', 'assets/c.css'],
  });
});

test('what is over its budget is named with both figures', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cs-budget-'));
  const noise = (kb: number) => randomBytes(kb * 1_024);
  for (const app of builtApps) {
    await mkdir(join(folder, app, '.vite'), { recursive: true });
    await mkdir(join(folder, app, 'assets'));
    await writeFile(join(folder, app, '.vite', 'manifest.json'), JSON.stringify(manifest));
    for (const name of ['index.js', 'react.js', 'shared.js', 'a.js', 'b.js', 'c.js', 'index.css', 'c.css']) {
      await writeFile(join(folder, app, 'assets', name), noise(1));
    }
  }
  expect(await overBudget(folder)).toEqual([]);
  await writeFile(join(folder, 'chat', 'assets', 'react.js'), noise(121));
  await writeFile(join(folder, 'admin', 'assets', 'c.js'), noise(21));
  expect(await overBudget(folder)).toEqual([
    expect.stringMatching(/^chat: first scripts: 122\.\d kB gzip, at most 120$/),
    expect.stringMatching(/^admin: c\.tsx: 21\.\d kB gzip, at most 20$/),
  ]);
  await rm(folder, { recursive: true });
});
