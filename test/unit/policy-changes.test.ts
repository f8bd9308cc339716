import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { policyChanges } from '../../activities/policy/policy-changes.ts';

const text = `version: 1
scopes:
  read:files:
    description: Read
    risk: low
    resource: mcp
    granted_at_once_to: [user]
    otherwise: admin
    approvers: [admin]
tools:
  list_files: { scope: read:files }
deny:
  - { scopes: [read:files], roles: [contractor], reason: Not here }
resources:
  notes: { identifier: https://notes.example/mcp, name: Notes }
`;
const changes = (from: string, to: string): string[] => policyChanges(parsePolicy(from, 'a'), parsePolicy(to, 'b'));

describe('policyChanges', () => {
  it('is empty for the same meaning', () => {
    expect(changes(text, `# a comment\n${text}`)).toEqual([]);
  });

  it.each([
    ['risk: low', 'risk: high', ['scope read:files: risk low → high']],
    ['[user]', '[user, guest]', ['scope read:files: granted_at_once_to [user] → [user, guest]']],
    ['approvers: [admin]', 'approvers: [admin]\n    grant_ttl: 5m', ['scope read:files: grant_ttl 1h → 5m']],
    ['scopes:', 'defaults: { step_up_cool_down: 1h }\nscopes:', ['defaults: step_up_cool_down 10m → 1h']],
    ['scopes:', 'defaults: { self_request_ttl: 5m }\nscopes:', ['defaults: self_request_ttl 10m → 5m']],
    ['description: Read', 'description: Look', ['scope read:files: wording']],
    ['resource: mcp', 'resource: notes', ['scope read:files: resource mcp → notes']],
    [
      'notes.example/mcp',
      'evil.example/mcp',
      ['resource notes: identifier https://notes.example/mcp → https://evil.example/mcp'],
    ],
    ['{ scope: read:files }', '{ scope: read:files, hosted: false }', ['tool list_files: hosted true → false']],
    [
      'roles: [contractor], ',
      '',
      ['denial of [read:files] to [contractor] removed', 'denial of [read:files] to everybody added'],
    ],
  ])('says what %s → %s means', (from, to, expected) => {
    expect(changes(text, text.replace(from, to))).toEqual(expected);
  });

  it('names what is new and what is gone', () => {
    const more = text.replace('tools:\n', 'tools:\n  other: { scope: read:files }\n');
    expect(changes(text, more)).toEqual(['tool other added']);
    expect(changes(more, text)).toEqual(['tool other removed']);
  });

  it('stays short', () => {
    const many = Array.from({ length: 80 }, (_, index) => `  tool_${index}: { scope: read:files }\n`).join('');
    const lines = changes(text, text.replace('tools:\n', `tools:\n${many}`));
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('… and 30 more');
  });
});
