import { describe, expect, it } from 'vitest';
import { parsePolicy, PolicyFileError } from '../../activities/policy/parse-policy.ts';

const good = `version: 1
scopes:
  read:files:
    description: Read
    risk: low
    resource: mcp
    granted_at_once_to: [user]
    otherwise: admin
    approvers: [admin]
    grant_ttl: 30m
tools:
  list_files: { scope: read:files }
`;

function problems(text: string): readonly string[] {
  try {
    parsePolicy(text, 'p.yaml');
  } catch (error) {
    if (error instanceof PolicyFileError) return error.problems;
    throw error;
  }
  return [];
}

describe('parsePolicy', () => {
  it('reads durations, fills in defaults, and gives the same version for the same meaning', () => {
    const policy = parsePolicy(good, 'p.yaml');
    expect(policy.scopes['read:files']).toMatchObject({
      grantTtlMs: 1_800_000,
      requestTtlMs: 86_400_000,
      maxGrantTtlMs: 28_800_000,
      binding: 'account+client',
      justification: 'optional',
    });
    expect(parsePolicy(`# a comment\n${good}`, 'p.yaml').version).toBe(policy.version);
    expect(parsePolicy(good.replace('30m', '31m'), 'p.yaml').version).not.toBe(policy.version);
  });

  it.each([
    ['a typing error in a setting', good.replace('otherwise:', 'othrwise:'), /^line 8, .*othrwise: is not a setting/],
    ['a bad duration', good.replace('30m', 'soon'), /^line 10, .*duration such as/],
    ['a negative duration', good.replace('30m', '-5m'), /^line 10, .*duration such as/],
    ['an unknown risk', good.replace('risk: low', 'risk: lowish'), /^line 5, .*risk/],
    ['nobody to approve', good.replace('approvers: [admin]', 'approvers: []'), /^line 9, .*names at least one role/],
    ['a tool of an unknown scope', good.replace('{ scope: read:files }', '{ scope: nope }'), /^line 12, .*"nope"/],
    ['a grant longer than its maximum', good.replace('30m', '9h'), /^line 10, .*longer than max_grant_ttl/],
    ['broken YAML', good.replace('[user]', '[user'), /^line \d+, column \d+: /],
    ['a doubled key', good.replace('    risk: low', '    risk: low\n    risk: high'), /^line 6, .*unique/i],
    ['another version', good.replace('version: 1', 'version: 2'), /^line 1, .*version/],
  ])('names the line of %s', (_what, text, expected) => {
    expect(problems(text)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it('knows other people’s servers by name, and a file without them keeps its version', () => {
    const listed = `${good}resources:\n  notes: { identifier: "https://notes.example/mcp", name: Notes }\n`;
    const policy = parsePolicy(listed.replace('resource: mcp', 'resource: notes'), 'p.yaml');
    expect(policy.resources).toEqual({ notes: { identifier: 'https://notes.example/mcp', name: 'Notes' } });
    expect(policy.scopes['read:files']?.resource).toBe('notes');
    expect(parsePolicy(good, 'p.yaml')).not.toHaveProperty('resources');
  });

  const server = (name: string, identifier: string): string =>
    `${good}resources:\n  ${name}: { identifier: "${identifier}", name: Notes }\n`;
  it.each([
    ['a scope of a server that there is not', good.replace('resource: mcp', 'resource: notes'), /^line 6, .*"notes"/],
    ['the name of a server of ours', server('api', 'https://notes.example/'), /^line 14, .*server of ours/],
    ['a server without TLS', server('notes', 'http://notes.example/mcp'), /^line 14, .*https address/],
    ['an identifier with a fragment', server('notes', 'https://notes.example/mcp#a'), /^line 14, .*https address/],
    ['an identifier with a password', server('notes', 'https://me:pw@notes.example/'), /^line 14, .*https address/],
    [
      'two servers with one identifier',
      `${server('notes', 'https://notes.example/')}  more: { identifier: "https://notes.example/", name: More }\n`,
      /^line 15, .*identifier of notes too/,
    ],
  ])('names the line of %s', (_what, text, expected) => {
    expect(problems(text)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it.each([
    ['a doubled key', good.replace('    risk: low', '    risk: low\n    risk: high')],
    ['broken YAML', good.replace('[user]', '[user')],
    ['a bad indent', good.replace('    risk: low', '  \trisk: low')],
  ])('names the position of %s once', (_what, text) => {
    const found = problems(text);
    expect(found.length).toBeGreaterThan(0);
    for (const problem of found) expect(problem).toMatch(/^line \d+, column \d+: (?!.*\bline \d).*[^:]$/s);
  });

  it('reads what is set for a tool', () => {
    const text = `${good}  wipe: { scope: read:files, security_level: HIGH, hosted: false }\n`;
    const { tools } = parsePolicy(text, 'p.yaml');
    expect(tools).toEqual({
      list_files: { scope: 'read:files' },
      wipe: { scope: 'read:files', securityLevel: 'HIGH', hosted: false },
    });
    expect(problems(text.replace('HIGH', 'high'))).toEqual([expect.stringMatching(/^line 13, .*security_level/)]);
  });

  it('lists every problem at once', () => {
    expect(problems(good.replace('risk: low', 'risk: x').replace('30m', 'soon'))).toHaveLength(2);
  });
});
