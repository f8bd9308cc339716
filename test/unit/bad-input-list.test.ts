import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = await readFile(new URL('docs/bad-input.md', root), 'utf8');

/** Each row's files with the titles that stand between one and the next. */
const proofs = [...text.matchAll(/`(test\/[^`]+)`: ((?:“[^”]+”(?:, )?)+)/g)].flatMap(([, file = '', titles = '']) =>
  [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
);

it('the list names a test in every row', () => {
  const rows = text.split('\n').filter((line) => /^\| (?!sent|-)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) expect(row).toContain('`test/');
  expect(proofs.length).toBeGreaterThan(60);
});

it.each(proofs)('$file has “$title”', async ({ file, title }) => {
  const source = await readFile(new URL(file, root), 'utf8');
  expect([`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted))).toBe(true);
});
