import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessCallListSchema, accessGrantListSchema, accessScopeListSchema } from '../../api/contract/access.ts';
import { requestListSchema, upgradeScopeResponseSchema } from '../../api/contract/scope-requests.ts';
import { say } from '../support/conversation.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

let product: Product;
let admin: Visitor;
let user: Visitor;
let other: Visitor;

beforeAll(async () => {
  product = await startProduct();
  admin = await signedIn(product.issuer, 'admin@example.com');
  user = await signedIn(product.chatUrl, 'user@example.com');
  other = await signedIn(product.chatUrl, 'demo@example.com');
});
afterAll(() => product.stop());

const grantsOf = async (who: Visitor, query = '') =>
  accessGrantListSchema.parse((await who.get(`/api/access/grants${query}`)).body);
const standingOf = async (who: Visitor, scope: string) => {
  const { scopes } = accessScopeListSchema.parse((await who.get('/api/access/scopes')).body);
  return scopes.find((one) => one.scope === scope);
};
const requestsOf = async (who: Visitor) =>
  requestListSchema.parse((await who.get('/api/access/requests')).body).requests;

async function askAhead(who: Visitor, body: Record<string, unknown>): Promise<string> {
  const answer = upgradeScopeResponseSchema.parse((await who.post('/api/access/requests', body)).body);
  if (answer.status !== 'pending_admin_approval') throw new Error(`not pending: ${answer.status}`);
  return answer.approval_request_id;
}

describe('what somebody holds', () => {
  test('is nothing at the start, and says how each scope is had', async () => {
    expect((await grantsOf(user)).grants).toEqual([]);
    expect(await standingOf(user, 'read:files')).toMatchObject({ standing: 'at_once', pending_request_id: null });
    expect(await standingOf(user, 'execute:commands')).toMatchObject({ standing: 'by_asking', approvers: ['admin'] });
    expect(await standingOf(user, 'none')).toBeUndefined();
  });

  test('shows why, and what ran under it with its arguments', async () => {
    const reply = await say(user, 'List files in current directory');
    const { grants } = await grantsOf(user);
    expect(grants).toMatchObject([
      {
        scopes: ['read:files'],
        status: 'active',
        can_return: true,
        calls: 1,
        why: { tool_name: 'list_files', approved_by: 'policy', approval_type: 'auto', session_id: reply.session_id },
      },
    ]);
    expect(grants[0]?.why.rule).toContain('read:files');
    expect(await standingOf(user, 'read:files')).toMatchObject({ standing: 'held' });
    const { calls, more } = accessCallListSchema.parse(
      (await user.get(`/api/access/grants/${grants[0]?.grant_id ?? ''}/calls`)).body,
    );
    expect(more).toBe(false);
    expect(calls).toMatchObject([
      { tool: 'list_files', outcome: 'succeeded', arguments: {}, session_id: reply.session_id },
    ]);
  });

  test('is nobody else’s to read, hand back or withdraw', async () => {
    const grantId = (await grantsOf(user)).grants[0]?.grant_id ?? '';
    for (const who of [other, visitor(product.chatUrl)]) {
      const status = who === other ? 404 : 401;
      const list = await who.get('/api/access/grants');
      if (who === other) expect(list.body['grants']).toEqual([]);
      else expect(list.status).toBe(401);
      expect((await who.get(`/api/access/grants/${grantId}/calls`)).status).toBe(status);
      expect((await who.post(`/api/access/grants/${grantId}/return`)).status).toBe(status);
      expect((await who.get('/api/access/scopes')).status).toBe(who === other ? 200 : 401);
      expect((await who.get('/api/access/requests')).status).toBe(who === other ? 200 : 401);
    }
    expect((await grantsOf(user)).grants).toHaveLength(1);
  });

  test('is handed back, once, and listed as such', async () => {
    const grantId = (await grantsOf(user)).grants[0]?.grant_id ?? '';
    const answer = await user.post(`/api/access/grants/${grantId}/return`);
    expect([answer.status, answer.body['status']]).toEqual([200, 'returned']);
    expect((await grantsOf(user)).grants).toEqual([]);
    expect((await grantsOf(user, '?state=ended')).grants).toMatchObject([
      { grant_id: grantId, status: 'returned', ended_by: 'user@example.com', can_return: false },
    ]);
    expect(await standingOf(user, 'read:files')).toMatchObject({ standing: 'at_once' });
  });
});

describe('asking ahead of need', () => {
  test('waits, is approved by somebody else, and gives what was asked; no token reaches the browser', async () => {
    const body = { scopes: ['execute:commands'], justification: 'for tonight', duration_seconds: 600 };
    const requestId = await askAhead(user, body);
    expect(await standingOf(user, 'execute:commands')).toMatchObject({ pending_request_id: requestId });
    expect(await askAhead(user, body)).toBe(requestId);
    expect((await admin.post(`/api/approve/${requestId}`, { comment: 'fine' })).status).toBe(200);
    expect((await grantsOf(user)).grants).toMatchObject([
      {
        scopes: ['execute:commands'],
        calls: 0,
        why: { justification: 'for tonight', approved_by: 'admin@example.com', comment: 'fine' },
      },
    ]);
    const [held] = (await grantsOf(user)).grants;
    expect(Date.parse(held?.expires_at ?? '') - Date.parse(held?.granted_at ?? '')).toBe(600_000);
    const again = await user.post('/api/access/requests', body);
    expect(again.body).toMatchObject({ status: 'approved' });
    expect(again.body['new_token']).toBeUndefined();
  });

  test('the four ends of requests are told apart, and a page of others’ never shows', async () => {
    const denied = await askAhead(user, { scopes: ['admin:users'], justification: 'one' });
    await admin.post(`/api/deny/${denied}`, { reason: 'not now' });
    const withdrawn = await askAhead(user, { scopes: ['admin:users'], justification: 'two' });
    expect((await other.post(`/api/access/requests/${withdrawn}/cancel`)).status).toBe(404);
    expect((await user.post(`/api/access/requests/${withdrawn}/cancel`)).status).toBe(200);
    const mine = await requestsOf(user);
    const ends = new Map(mine.map(({ request_id, status }) => [request_id, status]));
    expect([ends.get(denied), ends.get(withdrawn)]).toEqual(['denied', 'cancelled']);
    expect(mine.find(({ request_id }) => request_id === denied)).toMatchObject({
      denied_by: 'admin@example.com',
      denial_reason: 'not now',
    });
    expect(await requestsOf(other)).toEqual([]);
  });

  test.each([
    [{ scopes: [] }, 'invalid_request'],
    [{ scopes: ['no:such'] }, 'unknown_scope'],
    [{ scopes: ['execute:commands'], duration_seconds: 0 }, 'invalid_request'],
    [{ scopes: ['admin:users'], duration_seconds: 30_000_000 }, 'duration_too_long'],
    [{}, 'invalid_request'],
  ])('%j is %s', async (body, code) => {
    expect((await user.post('/api/access/requests', body)).body).toMatchObject({ status: 400, code });
  });

  test('pages follow one another', async () => {
    const first = await grantsOf(user, '?state=ended&limit=1');
    expect(first.grants).toHaveLength(1);
    expect(first.next_cursor).toBeUndefined();
    await say(user, 'List files in current directory');
    const held = (await grantsOf(user)).grants.find(({ scopes }) => scopes.includes('read:files'));
    await user.post(`/api/access/grants/${held?.grant_id ?? ''}/return`);
    const page = await grantsOf(user, '?state=ended&limit=1');
    const next = await grantsOf(user, `?state=ended&limit=1&cursor=${page.next_cursor ?? ''}`);
    expect([...page.grants, ...next.grants].map(({ grant_id }) => grant_id)).toEqual([
      held?.grant_id,
      first.grants[0]?.grant_id,
    ]);
  });
});
