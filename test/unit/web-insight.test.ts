import { describe, expect, it } from 'vitest';
import type { PolicyScopeView } from '../../api/contract/policy.ts';
import { auditTypes } from '../../activities/store/audit.ts';
import { auditParameters, exportPath } from '../../web/admin/audit/audit-filter.ts';
import { entryTypes, entryWord } from '../../web/admin/audit/audit-words.ts';
import { gist } from '../../web/admin/audit/gist.ts';
import { notedSeal, sealText } from '../../web/admin/audit/noted-seal.ts';
import { grantParameters } from '../../web/admin/grants/grants-filter.ts';
import { barPieces, formatSeconds, formatShare, scaleEnd } from '../../web/admin/overview/chart-numbers.ts';
import { changeParts } from '../../web/admin/policy/change-parts.ts';
import { atOnceText, decidersText, denialText, otherwiseText } from '../../web/admin/policy/policy-words.ts';
import { pagesFor } from '../../web/admin/shell/pages.ts';
import { accessLabel, toolsByScope } from '../../web/admin/tools/access-label.ts';
import { argumentFields, argumentsOf, argumentsOfJson } from '../../web/admin/tools/schema-fields.ts';
import { changeSearch, readSearch, startOfLocalDay } from '../../web/lib/address-filter.ts';

describe('the address', () => {
  it('holds what a page knows and says something', () => {
    expect(readSearch('?person=a%40b&type=&other=1&scope=%20x%20', ['person', 'type', 'scope'])).toEqual({
      person: 'a@b',
      scope: 'x',
    });
  });
  it('keeps what it is not told to change', () => {
    expect(changeSearch('?a=1&b=2', { b: undefined, c: ' 3 ' })).toBe('?a=1&c=3');
    expect(changeSearch('?a=1', { a: '  ' })).toBe('');
  });
  it('takes days of the reader’s calendar', () => {
    expect(startOfLocalDay('2026-11-25')).toBe(new Date(2026, 10, 25).toISOString());
    expect(startOfLocalDay('2026-11-30', 1)).toBe(new Date(2026, 11, 1).toISOString());
    for (const day of [undefined, '', 'yesterday', '2026-1-1']) expect(startOfLocalDay(day)).toBeUndefined();
  });
});

describe('the audit page', () => {
  it('asks for whole days, and leaves out what is no day', () => {
    const query = auditParameters({ person: 'a@b', from: '2026-11-25', to: '2026-11-25' });
    expect(Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '')).toBeGreaterThan(22 * 3_600_000);
    expect(auditParameters({ from: 'x' }).has('from')).toBe(false);
    expect(exportPath({ scope: 'read:files' }, 'csv')).toBe('/api/audit/export?scope=read%3Afiles&format=csv');
  });
  it('has words for every kind that there is and no other, and shows one from a newer server as it is', () => {
    expect(entryTypes.map(({ value }) => value).toSorted()).toEqual([...auditTypes].toSorted());
    expect(entryTypes.filter(({ value, label }) => label === value)).toEqual([]);
    expect(new Set(entryTypes.map(({ label }) => label)).size).toBe(auditTypes.length);
    expect(entryWord('comet.seen').text).toBe('comet.seen');
    // The row names the actor: an admin cancels requests as well.
    expect(entryWord('request.cancelled').text).not.toMatch(/requester/);
  });
  it('reads a seal as it is shown, and nothing else', () => {
    const seal = { position: '7', digest: 'ab'.repeat(32) };
    expect(notedSeal(` ${sealText(seal)}\n`)).toEqual(seal);
    expect(notedSeal(' ')).toBeUndefined();
    for (const text of ['7', `x:${seal.digest}`, `7:${seal.digest}0`, '7:zz'])
      expect(notedSeal(text)).toBe('unreadable');
  });
  it('says what matters of an entry’s details', () => {
    expect(gist({ data: { tool: 't', outcome: 'failed', jti: 'secret', n: 1 } })).toBe('t · failed');
    expect(gist({ data: { note: 'x'.repeat(500) } })).toHaveLength(121);
  });
});

describe('the overview', () => {
  const day = { day: '2026-11-25', asked: 0, approved: 2, denied: 0, expired: 1, cancelled: 1, waiting: 0 };
  it('ends a scale at or above the highest value, in quarters', () => {
    for (const highest of [0, 1, 4, 5, 11, 99, 100, 101, 998, 12_345]) {
      expect(scaleEnd(highest)).toBeGreaterThanOrEqual(highest);
      expect(scaleEnd(highest) % 4).toBe(0);
      expect(scaleEnd(highest)).toBeLessThanOrEqual(Math.max(4, highest * 1.7 + 4));
    }
  });
  it('builds a bar up without gaps, and without what is not there', () => {
    expect(barPieces(day, 4).map(({ from, height }) => [from, height])).toEqual([
      [0, 0.5],
      [0.5, 0.25],
      [0.75, 0.25],
    ]);
  });
  it.each([
    [0.2, '< 1 s'],
    [59.4, '59 s'],
    [90, '2 min'],
    [3_600, '1 h'],
    [3_599, '1 h'],
    [5_400, '1 h 30 min'],
    [86_400, '24 h'],
    [180_000, '2 d 2 h'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
  it('rounds no share to all or nothing', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(formatShare)).toEqual(['0 %', '< 1 %', '50 %', '> 99 %', '100 %']);
  });
});

describe('the policy in words', () => {
  const scope = {
    granted_at_once_to: [],
    otherwise: 'admin',
    approvers: ['admin', 'manager'],
    approvers_now: 0,
  } as unknown as PolicyScopeView;
  it('says who gets and who decides', () => {
    expect(atOnceText(scope)).toBe('Nobody');
    expect(atOnceText({ ...scope, granted_at_once_to: ['everyone'] })).toMatch(/^Everybody/);
    expect(otherwiseText(scope)).toBe('Ask somebody who holds one of the roles admin or manager');
    expect(otherwiseText({ ...scope, otherwise: 'forbidden' })).toBe('Never');
  });
  it('warns where nobody can decide', () => {
    expect(decidersText(scope)).toContain('Nobody holds such a role now');
    expect(decidersText({ ...scope, otherwise: 'forbidden' })).toBeUndefined();
  });
  it('says whom a denial is for', () => {
    const rule = { scopes: ['a', 'b'], roles: [], clients: [], reason: '' };
    expect(denialText(rule)).toBe('Nobody gets a or b');
    expect(denialText({ ...rule, roles: ['x'], clients: ['c'] })).toBe('Nobody who holds x gets a or b through c');
  });
  it('takes a difference apart', () => {
    expect(changeParts('scope read:files: approvers [admin] → [admin, manager]')).toEqual({
      kind: 'changed',
      what: 'scope read:files: approvers',
      before: '[admin]',
      after: '[admin, manager]',
    });
    expect(changeParts('tool x added')).toEqual({ kind: 'added', what: 'tool x' });
    expect(changeParts('scope x: wording')).toEqual({ kind: 'other', what: 'scope x: wording' });
  });
});

describe('the tools page', () => {
  it('says of each tool whether it may be called', () => {
    const tool = { scope: 'read:files', approval_type: 'self', held: false, hosted: true } as const;
    expect(accessLabel({ ...tool, access: 'now' }).text).toBe('Now');
    expect(accessLabel({ ...tool, access: 'now', scope: 'none', held: false }).explanation).toBe('Needs no scope.');
    expect(accessLabel({ ...tool, access: 'now', scope: 'read:files', held: false }).explanation).toMatch(/first use/);
    expect(accessLabel({ ...tool, access: 'by_asking' })).toMatchObject({
      text: 'By own consent',
      explanation: expect.stringContaining('own fresh consent') as string,
    });
    expect(accessLabel({ ...tool, access: 'by_asking', approval_type: 'admin_required' }).text).toBe('By asking');
    expect(accessLabel({ ...tool, access: 'never', hosted: false }).explanation).toContain('another server');
  });
  it('puts the riskiest scope first', () => {
    const tools = [
      { scope: 'none', risk: 'none' },
      { scope: 'b', risk: 'critical' },
      { scope: 'a', risk: 'critical' },
    ] as const;
    expect(toolsByScope(tools).map(([scope]) => scope)).toEqual(['a', 'b', 'none']);
  });
  it('makes fields of flat arguments, and none of deep ones', () => {
    const flat = { properties: { path: { type: 'string' }, deep: { type: 'boolean' } }, required: ['path'] };
    expect(argumentFields(flat)?.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['path', 'text', true],
      ['deep', 'boolean', false],
    ]);
    expect(argumentFields({ properties: { list: { type: 'array' } } })).toBeUndefined();
    expect(argumentFields({})).toEqual([]);
  });
  it('reads what was typed by its kind, and says what is wrong where', () => {
    const fields = argumentFields({
      properties: { n: { type: 'integer' }, s: { type: 'string' }, on: { type: 'boolean' }, e: { enum: ['a'] } },
      required: ['n'],
    });
    expect(argumentsOf(fields ?? [], { n: '3', on: 'false' })).toEqual({ arguments: { n: 3, on: false } });
    expect(argumentsOf(fields ?? [], { n: '3.5' })).toEqual({ wrong: { n: 'Give a whole number.' } });
    expect(argumentsOf(fields ?? [], { s: 'x' })).toEqual({ wrong: { n: 'This is needed.' } });
  });
  it('takes an object written as JSON only', () => {
    expect(argumentsOfJson(' {"a":[1]} ')).toEqual({ arguments: { a: [1] } });
    expect(argumentsOfJson('')).toEqual({ arguments: {} });
    for (const text of ['[1]', '7', '{"a":']) expect(argumentsOfJson(text)).toHaveProperty('wrong');
  });
});

describe('the shell', () => {
  it('shows the audit log to auditors and admins alone', () => {
    const labels = (roles: string[]) => pagesFor({ roles }).map(({ label }) => label);
    expect(labels(['auditor'])).toContain('Audit');
    expect(labels(['admin'])).toContain('Audit');
    expect(labels(['manager'])).not.toContain('Audit');
    expect(labels(['manager'])).toEqual(expect.arrayContaining(['Queue', 'Grants', 'Tools', 'Policy', 'Overview']));
  });
  it('asks for the grants that the address names', () => {
    expect(grantParameters({ q: 'x' }).toString()).toBe('q=x&status=active');
    expect(grantParameters({ view: 'ending' }).get('order')).toBe('ending');
    expect(grantParameters({ view: 'nonsense' }).get('status')).toBe('active');
  });
});
