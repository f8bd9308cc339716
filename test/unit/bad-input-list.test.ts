import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const lists = [
  { file: 'docs/bad-input.md', rows: 30, tests: 60 },
  { file: 'docs/security-best-practices.md', rows: 30, tests: 50 },
];
const texts = await Promise.all(lists.map(({ file }) => readFile(new URL(file, root), 'utf8')));

describe.each(lists.map((list, index) => ({ ...list, text: texts[index] ?? '' })))('$file', ({ text, rows, tests }) => {
  /** Each row's files with the titles that stand between one and the next. */
  const proofs = [...text.matchAll(/`(test\/[^`]+)`: ((?:“[^”]+”(?:, )?)+)/g)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  );

  it('names a test in every row', () => {
    const found = text.split('\n').filter((line) => /^\| (?!sent|attack|section|-)/.test(line));
    expect(found.length).toBeGreaterThan(rows);
    for (const row of found) expect(row).toContain('`test/');
    expect(proofs.length).toBeGreaterThan(tests);
  });

  it.each(proofs)('$file has “$title”', async ({ file, title }) => {
    const source = await readFile(new URL(file, root), 'utf8');
    expect([`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted))).toBe(true);
  });
});
