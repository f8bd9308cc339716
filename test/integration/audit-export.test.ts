import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endAccountSession } from '../../activities/store/account-sessions.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { findPerson } from '../../activities/store/people.ts';
import { exportAudit } from '../../api/audit/export-audit.ts';
import { auditEntrySchema } from '../../api/contract/audit.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

let server: TestAuthServer;
let auditor: Visitor;

beforeAll(async () => {
  server = await startAuthServer();
  auditor = await signedIn(server.issuer, 'auditor@example.com');
  const subject = await server.subjectOf('user@example.com');
  for (let n = 1; n <= 3; n += 1)
    await appendAudit(server.db, {
      type: 'grant.revoked',
      actor: subject,
      subject,
      requestId: 'req_x',
      scopes: ['read:files'],
      data: { n },
    });
  await appendAudit(server.db, {
    type: 'grant.revoked',
    actor: 'system',
    clientId: '=HYPERLINK("x")',
    requestId: 'req_y',
  });
});
afterAll(() => server.stop());

async function download(query: string, who = auditor): Promise<Response> {
  return fetch(`${server.issuer}/api/audit/export?${query}`, { headers: { cookie: who.cookie } });
}

test('JSON lines hold the entries of the list, newest first', async () => {
  const response = await download('format=jsonl&request_id=req_x');
  expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="countersign-audit-[\dT-]+Z\.jsonl"$/,
  );
  expect(response.headers.get('cache-control')).toBe('no-store');
  const entries = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => auditEntrySchema.parse(JSON.parse(line)));
  expect(entries.map(({ data }) => data['n'])).toEqual([3, 2, 1]);
  expect(entries[0]).toMatchObject({ actor: 'user@example.com', scopes: ['read:files'] });
});

test('CSV has a head, a line for each entry, and no formula', async () => {
  const response = await download('format=csv&request_id=req_y');
  expect(response.headers.get('content-type')).toContain('text/csv');
  const [head, line, end] = (await response.text()).split('\r\n');
  expect(head).toBe('position,at,type,actor,subject,client_id,request_id,grant_id,session_id,scopes,data');
  expect(line).toContain(`,grant.revoked,system,,"'=HYPERLINK(""x"")",req_y,`);
  expect(end).toBe('');
});

test('many pages come whole, each entry once', async () => {
  await sql`insert into audit_events (type, actor, request_id) select 'tool.refused', 'system', 'req_many'
    from generate_series(1, 1700)`.execute(server.db);
  const text = await (await download('format=jsonl&request_id=req_many')).text();
  const positions = text
    .trimEnd()
    .split('\n')
    .map((line) => Number(auditEntrySchema.parse(JSON.parse(line)).position));
  expect(new Set(positions).size).toBe(1_700);
  expect(positions).toEqual([...positions].sort((one, other) => other - one));
});

test('what people wrote begins no cell where a semicolon parts them', async () => {
  await appendAudit(server.db, {
    type: 'grant.revoked',
    actor: 'system',
    requestId: 'req_z',
    data: { note: 'x;=1+1' },
  });
  const text = await (await download('format=csv&request_id=req_z')).text();
  expect(text).not.toContain(';');
  expect(text).toContain('x\\u003b=1+1');
});

test('goes no further than the sign-in of whoever takes it', async () => {
  const subject = await server.subjectOf('auditor@example.com');
  const person = await findPerson(server.db, subject);
  if (person === undefined) throw new Error('no auditor');
  await signedIn(server.issuer, 'auditor@example.com');
  const { session_id: sessionId } = await server.db
    .selectFrom('account_sessions')
    .select('session_id')
    .where('subject', '=', subject)
    .orderBy('authenticated_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const { body } = await exportAudit(
    { db: server.db, now: () => new Date(), logger: pino({ level: 'silent' }) },
    { kind: 'browser', person, clientId: 'countersign-dashboard', sessionId },
    { format: 'jsonl', request_id: 'req_many' },
  );
  const taken: string[] = [];
  const reading = (async () => {
    for await (const chunk of body) {
      taken.push(String(chunk));
      if (taken.length === 1) await endAccountSession(server.db, sessionId, new Date());
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'not_auditor' });
  expect(taken.length).toBeLessThan(4);
});

test('a reader who goes away gives the turn back', async () => {
  for (let n = 0; n < 5; n += 1) {
    const aborted = new AbortController();
    const response = await fetch(`${server.issuer}/api/audit/export?format=jsonl&request_id=req_many`, {
      headers: { cookie: auditor.cookie },
      signal: aborted.signal,
    });
    expect(response.status).toBe(200);
    aborted.abort();
  }
  await expect.poll(async () => (await download('format=csv&request_id=req_y')).status).toBe(200);
});

test('is for auditors and admins, and audited: who, which filter', async () => {
  const user = await signedIn(server.issuer, 'user@example.com');
  const refused = async (query: string, who: Visitor) => {
    const { status, body } = await who.get(`/api/audit/export?${query}`);
    return [status, problemSchema.parse(body).code];
  };
  expect(await refused('format=csv', user)).toEqual([403, 'not_auditor']);
  expect(await refused('format=csv', visitor(server.issuer))).toEqual([401, 'not_signed_in']);
  for (const query of ['', 'format=xlsx', 'format=csv&type=no.such', 'format=csv&from=yesterday'])
    expect(await refused(query, auditor)).toEqual([400, 'invalid_request']);
  await download('format=csv&person=user@example.com&scope=read:files');
  const { body } = await auditor.get('/api/audit?type=audit.exported&limit=1');
  const subject = await server.subjectOf('user@example.com');
  expect(body['entries']).toMatchObject([
    { actor: 'auditor@example.com', data: { format: 'csv', filter: { person: subject, scope: 'read:files' } } },
  ]);
  const { body: attempts } = await auditor.get('/api/audit?type=access.refused&limit=1');
  expect(attempts['entries']).toMatchObject([{ actor: 'user@example.com', data: { what: 'audit_export' } }]);
});

test('a person is found in what is about them and in what they did to others', async () => {
  const admin = await server.subjectOf('admin@example.com');
  const manager = await server.subjectOf('manager@example.com');
  for (let n = 0; n < 4; n += 1)
    await appendAudit(server.db, {
      type: 'decision.recorded',
      actor: n % 2 === 0 ? manager : admin,
      subject: n === 1 ? manager : n === 2 ? manager : admin,
      data: { n },
    });
  const page = async (query: string) => {
    const { body } = await auditor.get(`/api/audit?type=decision.recorded&${query}`);
    return { n: (body['entries'] as { data: { n: number } }[]).map(({ data }) => data.n), next: body['next_cursor'] };
  };
  expect((await page('person=manager@example.com')).n).toEqual([2, 1, 0]);
  const first = await page('person=manager@example.com&limit=2');
  expect(first.n).toEqual([2, 1]);
  expect((await page(`person=manager@example.com&limit=2&cursor=${String(first.next)}`)).n).toEqual([0]);
  expect((await page('subject=manager@example.com')).n).toEqual([2, 1]);
});
