import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = await readFile(new URL('docs/rules.md', root), 'utf8');
const later: Readonly<Record<number, string>> = {
  4: 'saving policy comes with its editor',
};

/** The rules by number, each with what stands below it. */
const rules = new Map(
  text
    .split(/^(?=\d+\. )/m)
    .slice(1)
    .map((part) => [
      Number.parseInt(part, 10),
      part
        .split('\n')
        .slice(1)
        .map((line) => line.trim()),
    ]),
);
const proofs = [...rules].flatMap(([rule, lines]) =>
  lines.flatMap((line) => {
    const [, file, title] = /^- `([^`]+)`: “(.+)”$/.exec(line) ?? [];
    return file === undefined || title === undefined ? [] : [{ rule, file, title }];
  }),
);

it('lists the thirty rules, each with its proof or with what it comes with', () => {
  expect([...rules.keys()]).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  for (const [rule, lines] of rules) {
    const awaited = later[rule];
    if (awaited !== undefined) expect(lines).toContain(`- ${awaited}`);
    else expect(proofs.filter((proof) => proof.rule === rule).length, `rule ${rule}`).toBeGreaterThan(0);
    // Nothing else stands there, so that no line is a proof that nobody checks.
    const named = proofs.filter((proof) => proof.rule === rule).length + (awaited === undefined ? 0 : 1);
    expect(
      lines.filter((line) => line !== ''),
      `rule ${rule}`,
    ).toHaveLength(named);
  }
});

it.each(proofs)('rule $rule: $file has “$title”', async ({ file, title }) => {
  const source = await readFile(new URL(file, root), 'utf8');
  const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``].find((candidate) => source.includes(candidate));
  const before = source.slice(0, source.indexOf(quoted ?? title)).trimEnd();
  expect(quoted, 'a title in quotes').toBeDefined();
  // The title stands where a test begins: `it(`, `test(`, or the second call of an `each`.
  expect(before).toMatch(/(?:\b(?:it|test)\(|\)\()$/);
});
