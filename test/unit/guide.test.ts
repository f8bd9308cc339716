import { readFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { parseDocument, YAMLMap } from 'yaml';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');
const guide = await read('docs/guides/protect-your-own-tool.md');

/** The blocks of code in a language, without those that are commands. */
const blocks = [...guide.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

test.each([
  ['yaml', 'examples/notes.policy.yaml'],
  ['ts', 'examples/typescript-express/server.ts'],
  ['python', 'examples/python-fastmcp/server.py'],
])('the block in %s is %s, which the tests run', async (language, file) => {
  const own = blocks.filter((block) => block.language === language);
  expect(own).toHaveLength(1);
  expect(own[0]?.text).toBe(await read(file));
});

it('has no block of code that is no file', () => {
  expect(blocks.map(({ language }) => language).sort()).toEqual(['python', 'ts', 'yaml']);
});

describe('the policy of the guide', () => {
  it('is one when it is added to the shipped policy, heading by heading', async () => {
    const shipped = parseDocument(await read('countersign.policy.yaml'));
    const added = parseDocument(await read('examples/notes.policy.yaml'));
    for (const heading of ['resources', 'scopes', 'tools']) {
      const [there, more] = [shipped.get(heading), added.get(heading)];
      if (!(more instanceof YAMLMap)) throw new TypeError(heading);
      if (there instanceof YAMLMap) for (const item of more.items) there.add(item);
      else shipped.set(heading, more);
    }
    const policy = parsePolicy(String(shipped), 'guide');
    expect(policy.resources).toEqual({ notes: { identifier: 'http://localhost:9000/mcp', name: 'Notes' } });
    expect(policy.scopes['write:notes']).toMatchObject({ resource: 'notes', otherwise: 'admin' });
    expect(policy.tools['add_note']).toMatchObject({ scope: 'write:notes', hosted: false });
  });
});
