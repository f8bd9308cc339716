import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendAudit } from '../../activities/store/audit.ts';
import { grantDetailSchema, grantListSchema, revocationsSchema } from '../../api/contract/grants.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { chatClientId, dashboardClientId } from '../../workflows/domain/clients.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

let product: Product;
let admin: Visitor;
let auditor: Visitor;
let manager: Visitor;
let user: Visitor;
const hour = 3_600_000;

beforeAll(async () => {
  const shipped = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
  // Managers decide about files, and nothing else.
  const policy = shipped.replace(/(read:files:[\s\S]*?approvers: )\[admin\]/, '$1[admin, manager]');
  expect(policy).not.toBe(shipped);
  product = await startProduct({ policy });
  [admin, auditor, manager, user] = (await Promise.all(
    (['admin', 'auditor', 'manager', 'user'] as const).map((name) => signedIn(product.issuer, `${name}@example.com`)),
  )) as [Visitor, Visitor, Visitor, Visitor];
});
afterAll(() => product.stop());

let made = 0;
/** A grant as the mint makes it. */
async function grant(
  email: string,
  change: { scopes?: string[]; clientId?: string; lifetimeMs?: number } = {},
): Promise<string> {
  const id = `${(made += 1)}`;
  const { subject } = await product.ownerDb
    .selectFrom('people')
    .select('subject')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  const row = {
    request_id: `req_g${id}`,
    subject,
    client_id: change.clientId ?? chatClientId,
    session_id: null,
    scopes: change.scopes ?? ['read:files'],
  };
  const asked = { tool_name: 'list_files', tool_args: null, justification: `why ${id}`, digest: id, dedupe_key: id };
  await product.ownerDb
    .insertInto('scope_requests')
    .values({ ...row, ...asked })
    .execute();
  await product.ownerDb
    .insertInto('grants')
    .values({
      ...row,
      grant_id: `gra_g${id}`,
      granted_at: new Date(),
      expires_at: new Date(Date.now() + (change.lifetimeMs ?? hour)),
      end_reason: null,
      ended_at: null,
      ended_by: null,
    })
    .execute();
  return `gra_g${id}`;
}
const list = async (who: Visitor, query: string) => {
  const { status, body } = await who.get(`/api/grants?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return grantListSchema.parse(body);
};
const ids = async (who: Visitor, query: string) => (await list(who, query)).grants.map(({ grant_id }) => grant_id);
const revoke = async (who: Visitor, body: unknown) =>
  revocationsSchema.parse((await who.post('/api/revocations', body)).body);
const refusal = async (asked: Promise<{ status: number; body: unknown }>) => {
  const { status, body } = await asked;
  return [status, problemSchema.parse(body).code];
};

describe('GET /api/grants', () => {
  test('filters, searches and orders, page by page; ended ones apart', async () => {
    const late = await grant('demo@example.com', { lifetimeMs: 3 * hour });
    const soon = await grant('demo@example.com', { lifetimeMs: 60_000, clientId: 'some-client' });
    const commands = await grant('user@example.com', { scopes: ['execute:commands'], lifetimeMs: 2 * hour });
    const over = await grant('demo@example.com', { lifetimeMs: -1 });
    expect(await ids(admin, 'status=active')).toEqual([commands, soon, late]);
    expect(await ids(admin, 'status=ended')).toEqual([over]);
    expect(await ids(admin, 'status=active&order=ending')).toEqual([soon, commands, late]);
    const first = await list(admin, 'status=active&order=ending&limit=2');
    expect(await ids(admin, `status=active&order=ending&limit=2&cursor=${first.next_cursor ?? ''}`)).toEqual([late]);
    expect(await ids(admin, 'ends_within=600')).toEqual([soon]);
    expect(await ids(admin, 'person=USER@example.com')).toEqual([commands]);
    expect(await ids(admin, 'person=nobody@example.com')).toEqual([]);
    expect(await ids(admin, 'scope=execute:commands')).toEqual([commands]);
    expect(await ids(admin, 'client=some-client')).toEqual([soon]);
    expect(await ids(admin, 'q=demo%20FILES&status=active')).toEqual([soon, late]);
    expect(await ids(admin, 'q=%25')).toEqual([]);
    expect(await ids(admin, 'request_id=req_g1')).toEqual([late]);
    expect(await refusal(admin.get('/api/grants?order=oldest'))).toEqual([400, 'invalid_request']);
  });

  test('shows approvers what they approve, everybody else their own; a page holds what it says', async () => {
    expect(await ids(manager, 'status=active&scope=execute:commands')).toEqual([]);
    expect((await list(manager, 'status=active&limit=2')).grants).toHaveLength(2);
    expect((await list(user, 'status=active')).grants.map(({ subject_email }) => subject_email)).toEqual([
      'user@example.com',
    ]);
    expect(await ids(auditor, 'status=active')).toHaveLength(3);
  });
});

describe('GET /api/grants/{id}', () => {
  test('says why it was given and what ran with it', async () => {
    const grantId = await grant('user@example.com', { scopes: ['execute:commands'] });
    const common = { actor: 'u', grantId, scopes: ['execute:commands'] };
    const data = { tool: 'execute_command', argument_digest: 'd1', jti: 'j' };
    const { db } = product.database;
    await appendAudit(db, { ...common, type: 'tool.called', data });
    await appendAudit(db, {
      ...common,
      type: 'tool.finished',
      data: { ...data, outcome: 'succeeded', duration_ms: 12 },
    });
    await appendAudit(db, { ...common, type: 'tool.called', data });
    const { body } = await user.get(`/api/grants/${grantId}`);
    const detail = grantDetailSchema.parse(body);
    expect(detail.request).toMatchObject({ tool_name: 'list_files', approved_by: 'policy' });
    expect(detail.request.justification).toMatch(/^why/);
    expect(detail.calls.map(({ outcome, duration_ms }) => [outcome, duration_ms])).toEqual([
      ['unknown', null],
      ['succeeded', 12],
    ]);
    expect((await auditor.get(`/api/grants/${grantId}`)).status).toBe(200);
    expect(await refusal(manager.get(`/api/grants/${grantId}`))).toEqual([404, 'not_found']);
    expect(await refusal(manager.get('/api/grants/gra_none'))).toEqual([404, 'not_found']);
    expect(await refusal(visitor(product.issuer).get(`/api/grants/${grantId}`))).toEqual([401, 'not_signed_in']);
    const { body: audit } = await auditor.get('/api/audit?type=access.refused&limit=1');
    expect(audit['entries']).toMatchObject([
      { actor: 'manager@example.com', grant_id: grantId, data: { what: 'grant' } },
    ]);
  });
});

describe('POST /api/revocations', () => {
  test('ends several, each by itself: what may not be, is not there or is over stops no other', async () => {
    const [files, commands] = [
      await grant('demo@example.com'),
      await grant('demo@example.com', { scopes: ['execute:commands'] }),
    ];
    const { results } = await revoke(manager, { grant_ids: [commands, files, 'gra_none', files], reason: 'No need.' });
    expect(results.map(({ outcome, problem }) => [outcome, problem?.code])).toEqual([
      ['refused', 'not_found'],
      ['revoked', undefined],
      ['refused', 'not_found'],
    ]);
    expect((await revoke(admin, { grant_ids: [files] })).results).toMatchObject([{ outcome: 'revoked' }]);
    const detail = grantDetailSchema.parse((await admin.get(`/api/grants/${files}`)).body);
    expect(detail).toMatchObject({
      grant: { status: 'revoked', ended_by: 'manager@example.com' },
      end_note: 'No need.',
    });
    expect((await revoke(auditor, { grant_ids: [commands] })).results).toMatchObject([
      { outcome: 'refused', problem: { code: 'not_approver' } },
    ]);
  });

  test('ends all that a person holds, as far as the caller may', async () => {
    const [one, two] = [
      await grant('demo@example.com'),
      await grant('demo@example.com', { clientId: dashboardClientId }),
    ];
    const commands = await grant('demo@example.com', { scopes: ['execute:commands'] });
    expect((await revoke(manager, { person: 'DEMO@example.com' })).results.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['revoked', 'revoked']),
    );
    expect(await ids(admin, 'status=active&person=demo@example.com&scope=read:files')).toEqual([]);
    expect(await ids(admin, 'status=revoked')).toEqual(expect.arrayContaining([one, two]));
    expect(await ids(admin, 'status=active&person=demo@example.com')).toContain(commands);
    await revoke(admin, { person: 'demo@example.com' });
    expect(await ids(admin, 'status=active&person=demo@example.com')).toEqual([]);
  });

  test('tells nobody who else there is, and takes only what it understands', async () => {
    await grant('manager@example.com', { scopes: ['execute:commands'] });
    for (const person of ['nobody@example.com', 'auditor@example.com'])
      expect(await refusal(user.post('/api/revocations', { person }))).toEqual([404, 'not_found']);
    expect(await refusal(user.post('/api/revocations', { person: 'manager@example.com' }))).toEqual([404, 'not_found']);
    for (const body of [
      {},
      { person: 'a', grant_ids: ['b'] },
      { grant_ids: [] },
      { grant_ids: ['a b'] },
      { people: 1 },
    ])
      expect(await refusal(admin.post('/api/revocations', body))).toEqual([400, 'invalid_request']);
    const path = '/api/revocations';
    const theirs = admin.post(path, { person: 'manager@example.com' }, { origin: 'http://evil.example' });
    expect(await refusal(theirs)).toEqual([403, 'cross_site_request']);
    expect(await refusal(visitor(product.issuer).post(path, { person: 'a' }))).toEqual([401, 'not_signed_in']);
  });
});
