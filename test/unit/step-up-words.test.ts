import { describe, expect, it } from 'vitest';
import { coolDownWords, refusalWords } from '../../api/step-up/step-up-words.ts';
import { headingOf } from '../../web/consent/waiting/headings.ts';
import { whoDecides } from '../../web/consent/waiting/who-decides.ts';

const scopes = ['execute:commands'];
const ended = { scopes, subject: 'usr_1', decided_by: null, decision_note: null };

describe('what a client is told', () => {
  it.each([
    [
      { ...ended, status: 'denied', decided_by: 'usr_2', decision_note: 'No.' },
      'an approver denied execute:commands: No.',
    ],
    [{ ...ended, status: 'denied', decision_note: 'Never.' }, 'the policy denied execute:commands: Never.'],
    [{ ...ended, status: 'denied', decided_by: 'usr_1' }, 'the person denied execute:commands'],
    [{ ...ended, status: 'expired' }, 'nobody decided about execute:commands in time: the request has expired'],
    [{ ...ended, status: 'cancelled' }, 'the request for execute:commands was withdrawn'],
    [{ ...ended, status: 'approved' }, 'execute:commands was approved, but the grant has ended since'],
  ] as const)('of %o: %s', (request, words) => {
    expect(refusalWords(request, false)).toBe(words);
  });

  it('tells a freeze from the end of a grant', () => {
    expect(refusalWords({ ...ended, status: 'approved' }, true)).toContain('while grants are frozen');
  });

  it('repeats an earlier answer as what it was, and says until when', () => {
    const [endedAt, until] = [new Date('2026-11-25T10:00:00Z'), new Date('2026-11-25T10:10:00Z')];
    const answer = { requestId: 'req', reason: 'No.', onlyLeftOut: true, refused: scopes, endedAt, until };
    expect(coolDownWords({ ...answer, status: 'denied' }, new Date('2026-11-25T10:03:30Z'))).toBe(
      'execute:commands was denied: No. (nobody is asked again for another 7 minutes)',
    );
    expect(coolDownWords({ ...answer, status: 'expired' }, endedAt)).toContain('the request has expired');
    expect(coolDownWords({ ...answer, status: 'approved' }, endedAt)).toContain('was left out of what was approved');
    const several = { ...answer, refused: ['admin:users', 'execute:commands', 'read:files'] };
    expect(coolDownWords({ ...several, status: 'approved' }, endedAt)).toMatch(
      /^admin:users, execute:commands and read:files were left out of what was approved: No\. \(/,
    );
    expect(coolDownWords({ ...several, status: 'denied' }, endedAt)).toContain('read:files were denied');
  });
});

describe('whose decision the waiting page waits for', () => {
  const asked = { scope: 'a', description: '', risk: 'low', server: null, held: false, approvers: [] };

  it('names roles, and that it is never the person', () => {
    const two = { ...asked, decided_by: 'approvers' as const, approvers: ['admin', 'manager'] };
    expect(whoDecides({ scopes: [two], status: 'waiting' })).toBe(
      'It is decided by somebody else with the role admin or manager, never by you.',
    );
  });

  it('sends the person to what is theirs to decide, and names no one for what is held', () => {
    const own = { ...asked, decided_by: 'self' as const };
    const held = { ...asked, scope: 'b', held: true, decided_by: 'approvers' as const, approvers: ['admin'] };
    expect(whoDecides({ scopes: [own, held], status: 'waiting' })).toBe('a is yours to decide, on the consent page.');
    expect(whoDecides({ scopes: [own, { ...held, held: false }], status: 'waiting' })).toBe(
      'a is yours to decide, on the consent page. b is decided by somebody else with the role admin, never by you.',
    );
  });
});

it('the waiting page tells what was granted in part, or has ended since, from what was approved or refused', () => {
  const requests = [{ status: 'approved' }];
  const scope = {
    scope: 'a',
    description: '',
    risk: 'low',
    server: null,
    decided_by: 'policy' as const,
    approvers: [],
  };
  expect(headingOf({ status: 'granted', scopes: [{ ...scope, held: true }], requests })).toBe('Approved');
  const scope2 = { ...scope, held: false };
  const both = [
    { ...scope, held: true },
    { ...scope, scope: 'b', held: false },
  ];
  expect(headingOf({ status: 'granted', scopes: both, requests })).toBe('Granted in part');
  expect(headingOf({ status: 'refused', scopes: [scope2], requests })).toBe('Granted, and ended since');
  expect(headingOf({ status: 'refused', scopes: [scope2], requests: [{ status: 'denied' }] })).toBe('Not granted');
  const expired = { status: 'expired' };
  expect(headingOf({ status: 'refused', scopes: [scope2], requests: [expired] })).toBe('Nobody answered in time');
  expect(headingOf({ status: 'refused', scopes: [scope2], requests: [expired, { status: 'denied' }] })).toBe(
    'Not granted',
  );
  expect(headingOf({ status: 'refused', scopes: [scope2], requests: [] })).toBe('Not granted');
});
