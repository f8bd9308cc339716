import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendAudit } from '../../activities/store/audit.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import { auditPageSchema, type AuditPage } from '../../api/contract/audit.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { statsSchema } from '../../api/contract/stats.ts';
import { toolListSchema, type ToolList } from '../../api/contract/tools.ts';
import { dashboardClientId } from '../../workflows/domain/clients.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

let server: TestAuthServer;
let admin: Visitor;
let auditor: Visitor;
let user: Visitor;

beforeAll(async () => {
  server = await startAuthServer();
  admin = await signedIn(server.issuer, 'admin@example.com');
  auditor = await signedIn(server.issuer, 'auditor@example.com');
  user = await signedIn(server.issuer, 'user@example.com');
});
afterAll(() => server.stop());

const refusal = async (who: Visitor, path: string): Promise<[number, string]> => {
  const { status, body } = await who.get(path);
  return [status, problemSchema.parse(body).code];
};

describe('GET /api/audit', () => {
  const page = async (query: string): Promise<AuditPage> => {
    const { status, body } = await auditor.get(`/api/audit?${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return auditPageSchema.parse(body);
  };
  const notes = ({ entries }: AuditPage) => entries.map(({ data }) => data['n']);

  beforeAll(async () => {
    const [uma, ada] = [await server.subjectOf('user@example.com'), await server.subjectOf('admin@example.com')];
    const common = { actor: ada, subject: uma, clientId: dashboardClientId, requestId: 'req_audited' };
    for (let n = 1; n <= 5; n += 1) {
      await appendAudit(server.db, {
        ...common,
        type: n === 3 ? 'grant.revoked' : 'decision.recorded',
        scopes: n % 2 === 0 ? ['read:files'] : ['read:files', 'execute:commands'],
        data: { n },
      });
    }
    await appendAudit(server.db, { ...common, type: 'tool.called', subject: ada, requestId: 'req_other' });
  });

  test('shows people by their address, the newest first', async () => {
    const { entries, clients } = await page('request_id=req_audited');
    expect(clients).toEqual({
      [dashboardClientId]: { name: 'Countersign dashboard', verified: true, first_party: true },
    });
    expect(entries.map(({ data }) => data['n'])).toEqual([5, 4, 3, 2, 1]);
    expect(entries[0]).toMatchObject({
      type: 'decision.recorded',
      actor: 'admin@example.com',
      subject: 'user@example.com',
      client_id: dashboardClientId,
      scopes: ['read:files', 'execute:commands'],
    });
  });

  test('goes from page to page, each entry once, also when more come in between', async () => {
    const first = await page('request_id=req_audited&limit=2');
    await appendAudit(server.db, { type: 'tool.refused', actor: 'system', requestId: 'req_audited', data: { n: 6 } });
    const second = await page(`request_id=req_audited&limit=2&cursor=${first.next_cursor ?? ''}`);
    const third = await page(`request_id=req_audited&limit=2&cursor=${second.next_cursor ?? ''}`);
    expect([first, second, third].map(notes)).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.next_cursor).toBeUndefined();
  });

  test('filters by person (address or id), scope, kind and time', async () => {
    const about = 'request_id=req_audited&';
    const subject = await server.subjectOf('user@example.com');
    expect(notes(await page(`${about}subject=USER@example.com`))).toEqual([5, 4, 3, 2, 1]);
    expect(notes(await page(`${about}subject=${subject}&limit=1`))).toEqual([5]);
    expect(notes(await page(`${about}subject=admin@example.com`))).toEqual([]);
    expect(notes(await page('request_id=req_other&subject=admin@example.com'))).toHaveLength(1);
    expect(notes(await page(`subject=nobody@example.com`))).toEqual([]);
    expect(notes(await page(`${about}scope=execute:commands`))).toEqual([5, 3, 1]);
    expect(notes(await page(`${about}type=grant.revoked`))).toEqual([3]);
    const [, second, third] = (await page(`${about}type=decision.recorded`)).entries;
    expect(second?.at).toBeDefined();
    expect(notes(await page(`${about}to=${second?.at ?? ''}`))).not.toContain(second?.data['n']);
    expect(notes(await page(`${about}from=${third?.at ?? ''}`))).toContain(third?.data['n']);
    expect(notes(await page(`${about}from=2100-01-01T00:00:00%2B02:00`))).toEqual([]);
    expect(notes(await page(`${about}to=0000-01-01T00:00:00Z`))).toEqual([]);
    expect(notes(await page(`${about}from=9999-12-31T23:59:59-23:59`))).toEqual([]);
  });

  test.each([
    'type=no.such',
    'cursor=abc',
    'cursor=-1',
    `cursor=${'9'.repeat(19)}`,
    'limit=0',
    'limit=201',
    'from=yesterday',
    'subject=a&subject=b',
    'subject=%00',
    'scope=a%00',
    'request_id=%00a',
  ])('%s is refused', async (query) => {
    expect(await refusal(auditor, `/api/audit?${query}`)).toEqual([400, 'invalid_request']);
  });

  test('is for auditors and admins; who else asks is audited', async () => {
    expect((await admin.get('/api/audit')).status).toBe(200);
    expect(await refusal(user, '/api/audit')).toEqual([403, 'not_auditor']);
    expect(await refusal(visitor(server.issuer), '/api/audit')).toEqual([401, 'not_signed_in']);
    const [latest] = (await page('type=access.refused&limit=1')).entries;
    expect(latest).toMatchObject({ actor: 'user@example.com', data: { what: 'audit' } });
  });
});

describe('GET /api/stats', () => {
  beforeAll(async () => {
    const [uma, ada] = [await server.subjectOf('user@example.com'), await server.subjectOf('admin@example.com')];
    const add = (
      id: string,
      status: 'approved' | 'denied' | 'pending',
      seconds: number | null,
      ageDays = 1,
      decidedBy = ada,
    ) => {
      const createdAt = new Date(Date.now() - ageDays * 24 * 3_600_000);
      const insert = (trx: DbOrTrx) =>
        trx
          .insertInto('scope_requests')
          .values({
            request_id: id,
            subject: uma,
            client_id: dashboardClientId,
            session_id: null,
            scopes: ['admin:users'],
            tool_name: null,
            tool_args: null,
            justification: null,
            digest: id,
            dedupe_key: id,
            status,
            created_at: createdAt,
            expires_at: createdAt,
            decided_at: status === 'pending' ? null : new Date(createdAt.getTime() + (seconds ?? 0) * 1_000),
            decided_by: seconds === null ? null : decidedBy,
          })
          .execute();
      // The database itself lets no request begin as decided.
      return server.ownerDb.transaction().execute(async (trx) => {
        await sql`alter table scope_requests disable trigger user`.execute(trx);
        await insert(trx);
        await sql`alter table scope_requests enable trigger user`.execute(trx);
      });
    };
    await add('req_s1', 'approved', 10);
    await add('req_s2', 'approved', 20);
    await add('req_s3', 'denied', 60);
    await add('req_s4', 'approved', null);
    await add('req_s5', 'pending', null, 0);
    // Too old for the figures, not for the total.
    await add('req_s6', 'approved', 5_000, 60);
    // Their own consents: decided by a person, but not by an approver.
    await add('req_s7', 'approved', 30, 1, uma);
    await add('req_s8', 'denied', 30, 1, uma);
    await server.grant({ email: 'demo@example.com', clientId: dashboardClientId, scopes: ['read:files'] });
    const over = { email: 'demo@example.com', clientId: dashboardClientId, scopes: ['read:files'], lifetimeMs: -1 };
    await server.grant(over);
    await server.endGrant(await server.grant({ ...over, lifetimeMs: 60_000 }));
  });

  test('adds up', async () => {
    const figures = statsSchema.parse((await admin.get('/api/stats')).body);
    // The three behind what `grant` made stay open.
    expect(figures.requests.total).toEqual({ pending: 4, approved: 5, denied: 2, expired: 0, cancelled: 0 });
    expect(figures.requests.today).toMatchObject({ pending: 4, denied: 0 });
    expect(figures.time_to_decision).toEqual({
      decisions: 5,
      median_seconds: 30,
      p95_seconds: expect.closeTo(54) as number,
    });
    expect(figures.automatic_share).toBeCloseTo(1 / 4);
    expect(figures.approvals).toEqual({ by_policy: 1, by_people: 3 });
    expect(figures.decision_times.map(({ decisions }) => decisions)).toEqual([4, 1, 0, 0, 0, 0, 0]);
    expect(figures.days).toHaveLength(30);
    expect(figures.days.at(-1)).toMatchObject({ asked: 4, denied: 0, waiting: 4 });
    const sum = (what: 'asked' | 'approved' | 'denied') => figures.days.reduce((all, day) => all + day[what], 0);
    expect([sum('asked'), sum('approved'), sum('denied')]).toEqual([10, 4, 2]);
    expect(figures.active_grants).toBe(1);
    expect(figures.approvers).toEqual([{ email: 'admin@example.com', approved: 2, denied: 1 }]);
    expect(figures.top_scopes).toEqual([
      { scope: 'admin:users', requests: 7 },
      { scope: 'read:files', requests: 3 },
    ]);
  });

  test('is for approvers and auditors', async () => {
    expect((await auditor.get('/api/stats')).status).toBe(200);
    expect(await refusal(user, '/api/stats')).toEqual([403, 'not_approver']);
    expect(await refusal(visitor(server.issuer), '/api/stats')).toEqual([401, 'not_signed_in']);
  });
});

describe('GET /api/tools', () => {
  const list = async (who: Visitor, query = ''): Promise<ToolList> => {
    const { status, body } = await who.get(`/api/tools${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return toolListSchema.parse(body);
  };
  const access = ({ tools }: ToolList) => Object.fromEntries(tools.map((tool) => [tool.name, tool.access]));

  test('says what the caller may call', async () => {
    const mine = await list(user);
    expect(mine).toMatchObject({
      subject_email: 'user@example.com',
      client_id: dashboardClientId,
      client: { name: 'Countersign dashboard', verified: true },
    });
    expect(access(mine)).toMatchObject({ health_check: 'now', list_files: 'now', execute_command: 'by_asking' });
    expect(mine.tools.find(({ name }) => name === 'execute_command')).toEqual({
      name: 'execute_command',
      scope: 'execute:commands',
      description: 'Run commands from a fixed list in a sandbox',
      risk: 'critical',
      security_level: 'CRITICAL',
      hosted: true,
      access: 'by_asking',
      approval_type: 'admin_required',
      held: false,
    });
    expect(mine.tools.find(({ name }) => name === 'health_check')?.security_level).toBeNull();
    expect(access(await list(auditor))).toMatchObject({ list_files: 'by_asking' });
    expect(access(await list(admin))).toMatchObject({ execute_command: 'now', list_users: 'by_asking' });
  });

  test('a grant of that client opens the tool, and no longer than it lives', async () => {
    const grant = await server.grant({
      email: 'user@example.com',
      clientId: 'some-client',
      scopes: ['execute:commands'],
    });
    expect(access(await list(user, '?client_id=some-client'))['execute_command']).toBe('now');
    expect(access(await list(user))['execute_command']).toBe('by_asking');
    await server.endGrant(grant);
    expect(access(await list(user, '?client_id=some-client'))['execute_command']).toBe('by_asking');
  });

  test('auditors may ask about others, nobody else', async () => {
    const theirs = await list(auditor, '?subject=admin@example.com');
    expect([theirs.subject_email, access(theirs)['execute_command']]).toEqual(['admin@example.com', 'now']);
    expect((await list(auditor, `?subject=${await server.subjectOf('demo@example.com')}`)).subject_email).toBe(
      'demo@example.com',
    );
    expect((await list(user, '?subject=USER@example.com')).subject_email).toBe('user@example.com');
    expect(await refusal(user, '/api/tools?subject=admin@example.com')).toEqual([403, 'not_auditor']);
    expect(await refusal(user, '/api/tools?subject=nobody@example.com')).toEqual([403, 'not_auditor']);
    expect(await refusal(auditor, '/api/tools?subject=nobody@example.com')).toEqual([404, 'not_found']);
    expect(await refusal(auditor, '/api/tools?subject=%00')).toEqual([400, 'invalid_request']);
    expect(await refusal(user, '/api/tools?client_id=%00')).toEqual([400, 'invalid_request']);
  });
});
