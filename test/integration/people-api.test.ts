import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatHistorySchema } from '../../api/contract/chat.ts';
import { clientDetailSchema, clientListSchema } from '../../api/contract/clients.ts';
import { freezeStateSchema } from '../../api/contract/freeze.ts';
import { peopleListSchema, personDetailSchema, type PersonDetail } from '../../api/contract/people.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { requestStatusSchema, upgradeScopeResponseSchema } from '../../api/contract/scope-requests.ts';
import { toolCallAnswerSchema, type ToolCallAnswer } from '../../api/contract/tools.ts';
import { userStatusSchema } from '../../api/contract/user-status.ts';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { chatClientId, dashboardClientId, mcpServerClientId } from '../../workflows/domain/clients.ts';
import { answered, askForApproval, say } from '../support/conversation.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

needsSandbox();

const second = 'manager@example.com';
let product: Product;
let admin: Visitor;
let auditor: Visitor;
let manager: Visitor;

beforeAll(async () => {
  product = await startProduct();
  admin = await signedIn(product.issuer, 'admin@example.com');
  auditor = await signedIn(product.issuer, 'auditor@example.com');
  manager = await signedIn(product.issuer, second);
});
afterAll(() => product.stop());

const subjectOf = async (email: string): Promise<string> =>
  (await findPersonByEmail(product.database.db, email))?.subject ?? '';
const refusal = async (who: Visitor, path: string, body: unknown = {}, headers = {}) => {
  const answer = await who.post(path, body, headers);
  return [answer.status, problemSchema.parse(answer.body).code];
};
const call = async (who: Visitor, name: string, args: Record<string, unknown> = {}): Promise<ToolCallAnswer> => {
  const { status, body } = await who.post(`/api/tools/${name}/call`, { arguments: args });
  expect(status, JSON.stringify(body)).toBe(200);
  return toolCallAnswerSchema.parse(body);
};
const ask = async (who: Visitor, scope: string, toolArgs: Record<string, unknown> = {}): Promise<string> => {
  const { status, body } = await who.post('/api/upgrade-scope', {
    scopes: [scope],
    tool_name: 'some_tool',
    tool_args: toolArgs,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  const answer = upgradeScopeResponseSchema.parse(body);
  return answer.approval_request_id ?? '';
};
const person = async (email: string): Promise<PersonDetail> => {
  const { status, body } = await auditor.get(`/api/people/${await subjectOf(email)}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return personDetailSchema.parse(body);
};
const audited = async (type: string): Promise<number> =>
  (await product.database.db.selectFrom('audit_events').select('position').where('type', '=', type).execute()).length;
const userStatus = async (who: Visitor) => userStatusSchema.parse((await who.get('/api/user-status')).body);

describe('set_user_roles', () => {
  it('needs the approval of somebody else, and then takes effect at once', async () => {
    const roles = { user: second, roles: ['manager', 'user', 'admin'] };
    expect(await call(admin, 'set_user_roles', roles)).toMatchObject({
      status: 'insufficient_scope',
      authorization_error: { required_scope: 'admin:users', approval_type: 'admin_required' },
    });
    // Nobody else approves yet, so somebody who is no admin asks, and the admin decides.
    const requestId = await ask(manager, 'admin:users');
    expect(await refusal(manager, `/api/approve/${requestId}`)).toEqual([403, 'own_request']);
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect(await call(manager, 'set_user_roles', { user: second, roles: ['admin'] })).toMatchObject({
      status: 'failed',
      result: { error: expect.stringContaining('their own roles') as string },
    });
    expect(await call(manager, 'set_user_roles', { user: 'admin@example.com', roles: [] })).toMatchObject({
      status: 'failed',
      result: { error: expect.stringContaining('last admin') as string },
    });
    expect(await call(manager, 'set_user_roles', { user: 'demo@example.com', roles: ['wizard'] })).toMatchObject({
      status: 'failed',
      result: { error: expect.stringContaining('wizard') as string },
    });
    const demo = await signedIn(product.issuer, 'demo@example.com');
    expect((await userStatus(demo)).dashboard).toBe(false);
    expect(
      await call(manager, 'set_user_roles', { user: 'demo@example.com', roles: ['developer', 'admin'] }),
    ).toMatchObject({ status: 'succeeded', result: { roles: ['admin', 'developer'], previous_roles: ['developer'] } });
    expect(await userStatus(demo)).toMatchObject({ dashboard: true, approver: true });
    expect(await audited('person.roles_changed')).toBe(1);
  });
});

describe('GET /api/people', () => {
  it('shows accounts with what they have, to auditors and admins alone', async () => {
    const { body } = await auditor.get('/api/people?search=MANAGER');
    const list = peopleListSchema.parse(body);
    expect(list.people).toMatchObject([
      { email: second, roles: ['manager', 'user'], active_grants: 1, sessions: 1, cannot_disable: 'not_admin' },
    ]);
    expect(list.roles).toEqual(['admin', 'auditor', 'developer', 'manager', 'user']);
    const first = peopleListSchema.parse((await admin.get('/api/people?limit=3')).body);
    const next = peopleListSchema.parse(
      (await admin.get(`/api/people?limit=3&cursor=${first.next_cursor ?? ''}`)).body,
    );
    expect([...first.people, ...next.people].map(({ email }) => email)).toEqual([
      'admin@example.com',
      'auditor@example.com',
      'demo@example.com',
      second,
      'user@example.com',
    ]);
    const { status, body: problem } = await manager.get('/api/people');
    expect([status, problemSchema.parse(problem).code]).toEqual([403, 'not_auditor']);
    expect((await manager.get(`/api/people/${await subjectOf(second)}`)).status).toBe(403);
    expect((await visitor(product.issuer).get('/api/people')).status).toBe(401);
    expect((await admin.get('/api/people/usr_nobody')).status).toBe(404);
    for (const cursor of ['AAAA', '_w'])
      expect((await admin.get(`/api/people?cursor=${cursor}`)).body['code']).toBe('invalid_request');
  });

  it('ends one session, and all of a person', async () => {
    const browser = await signedIn(product.issuer, 'user@example.com');
    const other = await signedIn(product.issuer, 'user@example.com');
    const chat = await signedIn(product.chatUrl, 'user@example.com');
    const { sign_ins: signIns } = await person('user@example.com');
    expect(signIns.map(({ kind }) => kind).sort()).toEqual(['chat', 'dashboard', 'dashboard', 'dashboard']);
    const path = `/api/people/${await subjectOf('user@example.com')}`;
    // The newest but the one that the chat's own sign-in made.
    const ofOther = signIns.filter(({ kind }) => kind === 'dashboard')[1]?.session_id ?? '';
    expect(await refusal(auditor, `${path}/sessions/${ofOther}/end`)).toEqual([403, 'not_admin']);
    expect((await admin.post(`${path}/sessions/${ofOther}/end`)).status).toBe(200);
    expect((await other.get('/api/user-status')).status).toBe(401);
    expect((await browser.get('/api/user-status')).status).toBe(200);
    expect((await chat.get('/api/user-status')).status).toBe(200);
    expect(await refusal(admin, `${path}/sessions/${ofOther}/end`)).toEqual([404, 'not_found']);
    expect(await refusal(auditor, `${path}/end-sessions`)).toEqual([403, 'not_admin']);
    const ended = personDetailSchema.parse((await admin.post(`${path}/end-sessions`)).body);
    expect(ended.sign_ins).toEqual([]);
    expect((await browser.get('/api/user-status')).status).toBe(401);
    expect((await chat.get('/api/user-status')).status).toBe(401);
    expect(await audited('session.ended')).toBe(2);
  });
});

describe('disabling a person', () => {
  it('ends sessions, requests, parked calls and grants at once, and opening the account brings nothing back', async () => {
    const email = 'user@example.com';
    const [browser, chat] = [await signedIn(product.issuer, email), await signedIn(product.chatUrl, email)];
    await call(browser, 'list_files');
    const parked = await say(chat, '/run uptime');
    const requestId = await askForApproval(chat, parked, 'to see');
    const unasked = await say(chat, '/users');
    expect([parked.status, unasked.status]).toEqual(['awaiting_authorization', 'awaiting_authorization']);
    const path = `/api/people/${await subjectOf(email)}`;
    const after = personDetailSchema.parse((await admin.post(`${path}/disable`, { reason: 'left us' })).body);
    expect(after).toMatchObject({
      person: { active_grants: 0, open_requests: 0, sessions: 0 },
      grants: [],
      sign_ins: [],
    });
    expect(after.person.disabled_at).not.toBeNull();
    expect((await browser.get('/api/user-status')).status).toBe(401);
    expect((await chat.get('/api/user-status')).status).toBe(401);
    expect((await visitor(product.issuer).post('/auth/demo-login', { email, password: 'demo' })).status).toBe(401);
    expect(requestStatusSchema.parse((await admin.get(`/api/status/${requestId}`)).body)).toMatchObject({
      status: 'cancelled',
      cancelled_by: 'admin@example.com',
    });
    expect(await refusal(admin, `/api/approve/${requestId}`)).toEqual([409, 'already_decided']);
    const calls = await product.database.db
      .selectFrom('tool_calls')
      .select('status')
      .where('session_id', 'in', [parked.session_id, unasked.session_id])
      .execute();
    expect(calls).toEqual([{ status: 'cancelled' }, { status: 'cancelled' }]);

    expect((await admin.post(`${path}/enable`)).status).toBe(200);
    const again = await signedIn(product.chatUrl, email);
    expect(await person(email)).toMatchObject({ person: { disabled_at: null, active_grants: 0 }, grants: [] });
    await expect
      .poll(
        async () => {
          const answer = await again.get(`/api/chat-history?session_id=${parked.session_id}`);
          return chatHistorySchema.parse(answer.body).messages.at(-1)?.content;
        },
        { timeout: 20_000 },
      )
      .toContain('admin@example.com disabled the account: “left us”');
    expect([await audited('person.disabled'), await audited('person.enabled')]).toEqual([1, 1]);
  });

  it('is for admins, and never for oneself', async () => {
    const [own, uma] = [await subjectOf('admin@example.com'), await subjectOf('user@example.com')];
    expect(await refusal(admin, `/api/people/${own}/disable`)).toEqual([403, 'own_account']);
    for (const action of ['disable', 'enable']) {
      expect(await refusal(auditor, `/api/people/${uma}/${action}`)).toEqual([403, 'not_admin']);
      expect(await refusal(manager, `/api/people/${uma}/${action}`)).toEqual([403, 'not_admin']);
    }
    expect(await refusal(admin, '/api/people/usr_nobody/disable')).toEqual([404, 'not_found']);
    const crossSite = { origin: 'http://evil.example' };
    expect(await refusal(admin, `/api/people/${uma}/disable`, {}, crossSite)).toEqual([403, 'cross_site_request']);
    expect((await person('user@example.com')).person.disabled_at).toBeNull();
  });
});

describe('the freeze', () => {
  beforeEach(async () => {
    await admin.post('/api/freeze/lift');
  });

  it('is for admins, with a reason, and everybody sees it', async () => {
    expect(await refusal(auditor, '/api/freeze', { reason: 'x' })).toEqual([403, 'not_admin']);
    expect(await refusal(admin, '/api/freeze', { reason: ' ' })).toEqual([400, 'invalid_request']);
    const frozen = freezeStateSchema.parse((await admin.post('/api/freeze', { reason: 'a stolen laptop' })).body);
    expect(frozen).toMatchObject({ freeze: { reason: 'a stolen laptop', by: 'admin@example.com' }, can_change: true });
    expect(await refusal(admin, '/api/freeze', { reason: 'again' })).toEqual([409, 'grants_frozen']);
    expect(freezeStateSchema.parse((await manager.get('/api/freeze')).body)).toMatchObject({
      freeze: frozen.freeze,
      can_change: false,
    });
    const chat = await signedIn(product.chatUrl, 'user@example.com');
    expect((await userStatus(manager)).freeze).toEqual(frozen.freeze);
    expect((await userStatus(chat)).freeze).toEqual(frozen.freeze);
    expect(await refusal(auditor, '/api/freeze/lift')).toEqual([403, 'not_admin']);
    expect(freezeStateSchema.parse((await admin.post('/api/freeze/lift')).body).freeze).toBeNull();
    expect((await userStatus(chat)).freeze).toBeNull();
  });

  it('stops calls under living grants, and new ones; asking and denying go on, approving does not', async () => {
    const uma = await signedIn(product.issuer, 'user@example.com');
    expect(await call(uma, 'list_files')).toMatchObject({ status: 'succeeded' });
    await admin.post('/api/freeze', { reason: 'incident' });
    expect(await refusal(uma, '/api/tools/list_files/call')).toEqual([409, 'grants_frozen']);
    expect(await call(uma, 'health_check')).toMatchObject({ status: 'succeeded' });
    expect((await userStatus(uma)).current_scopes).toEqual([]);
    const maya = await signedIn(product.issuer, second);
    expect(await refusal(maya, '/api/upgrade-scope', { scopes: ['read:files'] })).toEqual([409, 'grants_frozen']);
    const [waits, denied] = [
      await ask(uma, 'execute:commands', { n: 1 }),
      await ask(uma, 'execute:commands', { n: 2 }),
    ];
    expect(await refusal(admin, `/api/approve/${waits}`)).toEqual([409, 'grants_frozen']);
    expect((await admin.post(`/api/deny/${denied}`, { reason: 'no' })).status).toBe(200);
    const status = requestStatusSchema.parse((await uma.get(`/api/status/${waits}`)).body);
    expect(status).toMatchObject({ status: 'pending', deciding: false });
    await admin.post('/api/freeze/lift');
    expect(await call(uma, 'list_files')).toMatchObject({ status: 'succeeded' });
    expect((await admin.post(`/api/approve/${waits}`)).status).toBe(200);
  });

  it('drops what was approved and not yet minted when it comes: pending again, audited, and decided anew after it', async () => {
    const uma = await signedIn(product.issuer, 'user@example.com');
    const requestId = await ask(uma, 'admin:users', { n: 3 });
    const status = async () => requestStatusSchema.parse((await admin.get(`/api/status/${requestId}`)).body);
    await product.roles.mint.stop();
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(202);
    await admin.post('/api/freeze', { reason: 'incident' });
    await product.roles.mint.start();
    await expect.poll(async () => (await status()).deciding, { timeout: 20_000 }).toBe(false);
    expect(await status()).toMatchObject({ status: 'pending', grant: null });
    const dropped = await product.database.db
      .selectFrom('audit_events')
      .select('data')
      .where('request_id', '=', requestId)
      .where('type', '=', 'decision.dropped')
      .execute();
    expect(JSON.stringify(dropped)).toContain('grants_frozen');
    await admin.post('/api/freeze/lift');
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect((await status()).status).toBe('approved');
  });

  it('holds up at the mint what policy grants at once; it is granted when the freeze is lifted', async () => {
    const [maya, subject] = [await signedIn(product.issuer, second), await subjectOf(second)];
    await product.roles.mint.stop();
    const asked = maya.post('/api/upgrade-scope', { scopes: ['read:files'] });
    await expect.poll(async () => (await userStatus(maya)).pending_requests).toBe(1);
    await admin.post('/api/freeze', { reason: 'incident' });
    await product.roles.mint.start();
    expect((await asked).status).toBe(503);
    const granted = async () =>
      (await product.database.db.selectFrom('grants').select('scopes').where('subject', '=', subject).execute()).filter(
        ({ scopes }) => scopes.includes('read:files'),
      ).length;
    expect(await granted()).toBe(0);
    await admin.post('/api/freeze/lift');
    await expect.poll(async () => (await userStatus(maya)).current_scopes, { timeout: 20_000 }).toContain('read:files');
    expect(await granted()).toBe(1);
  });

  it('parks the chat’s call, which goes on by itself when it is lifted', async () => {
    await admin.post('/api/freeze', { reason: 'incident' });
    const chat = await signedIn(product.chatUrl, 'demo@example.com');
    const reply = await say(chat, '/ls');
    expect(reply.status).toBe('awaiting_authorization');
    expect(reply.tool_calls).toMatchObject([{ status: 'parked', waits_for_freeze_end: true }]);
    expect(reply.reply).toContain('when an admin lifts the freeze');
    // What somebody has to approve can be asked for meanwhile.
    const other = await say(chat, '/users');
    expect(other.tool_calls.map((call) => [call.status, call.waits_for_freeze_end])).toEqual([['parked', undefined]]);
    await admin.post('/api/freeze/lift');
    expect((await answered(chat, reply)).tool_calls).toMatchObject([{ status: 'succeeded' }]);
  });
});

describe('clients', () => {
  const detail = async (path: string, body: unknown = {}) => {
    const answer = await admin.post(path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return clientDetailSchema.parse(answer.body);
  };

  it('are shown with what they hold, to auditors and admins alone', async () => {
    const list = clientListSchema.parse((await auditor.get('/api/clients')).body);
    expect(list.can_change).toBe(false);
    expect(list.clients.map(({ client_id, first_party }) => [client_id, first_party])).toEqual([
      [chatClientId, true],
      [dashboardClientId, true],
      [mcpServerClientId, true],
    ]);
    expect((await manager.get('/api/clients')).status).toBe(403);
    expect((await admin.get('/api/clients/no-such-client')).status).toBe(404);
    const one = clientDetailSchema.parse((await auditor.get(`/api/clients/${dashboardClientId}`)).body);
    expect(one.grants.length).toBe(one.client.active_grants);
    expect(one.grants.length).toBeGreaterThan(0);
  });

  it('get a name, by admins', async () => {
    const path = `/api/clients/${chatClientId}/name`;
    expect((await detail(path, { name: 'Our chat' })).client.name).toBe('Our chat');
    expect(await refusal(auditor, path, { name: 'x' })).toEqual([403, 'not_admin']);
    expect(await refusal(admin, '/api/clients/no-such-client/name', { name: 'x' })).toEqual([404, 'not_found']);
  });

  it('lose everything they hold at once', async () => {
    const uma = await signedIn(product.issuer, 'user@example.com');
    await call(uma, 'list_files');
    const path = `/api/clients/${dashboardClientId}/revoke-grants`;
    expect(await refusal(auditor, path)).toEqual([403, 'not_admin']);
    expect(await detail(path)).toMatchObject({ client: { active_grants: 0 }, grants: [] });
    expect((await userStatus(uma)).current_scopes).toEqual([]);
  });

  it('are blocked with a reason; the dashboard is not, the chat only when confirmed', async () => {
    const path = `/api/clients/${chatClientId}/block`;
    expect(await refusal(auditor, path, { reason: 'x' })).toEqual([403, 'not_admin']);
    expect(await refusal(admin, path, {})).toEqual([400, 'invalid_request']);
    expect(await refusal(admin, path, { reason: 'x' })).toEqual([409, 'confirmation_required']);
    const dashboard = `/api/clients/${dashboardClientId}/block`;
    expect(await refusal(admin, dashboard, { reason: 'x', confirm: dashboardClientId })).toEqual([
      409,
      'first_party_client',
    ]);
    const chat = await signedIn(product.chatUrl, 'user@example.com');
    await say(chat, '/ls');
    const waiting = await say(chat, '/run uptime');
    const requestId = await askForApproval(chat, waiting, 'to see');
    await detail(path, { reason: 'misled', confirm: chatClientId });

    // No token, and with an old one no elevated call and nothing of the API.
    const signIn = await visitor(product.chatUrl).post('/auth/demo-login', { email: second, password: 'demo' });
    expect([signIn.status, problemSchema.parse(signIn.body).code]).toEqual([403, 'client_blocked']);
    const page = await fetch(`${product.chatUrl}/auth/sign-in`, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    expect([page.status, await page.text()]).toEqual([
      403,
      expect.stringMatching(/An admin has blocked this chat.*Ask an admin/s) as string,
    ]);
    const check = await chat.get(`/check-approval/${requestId}`);
    expect([check.status, problemSchema.parse(check.body).code]).toEqual([403, 'client_blocked']);
    const refused = await say(chat, '/ls');
    expect(refused.tool_calls.map(({ status }) => status)).not.toContain('succeeded');
    expect(await refusal(admin, `/api/approve/${requestId}`)).toEqual([403, 'client_blocked']);

    await detail(`/api/clients/${chatClientId}/unblock`);
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect((await answered(chat, waiting)).tool_calls).toMatchObject([{ status: 'succeeded' }]);
    expect([await audited('client.blocked'), await audited('client.unblocked')]).toEqual([1, 1]);
  });

  it('are listed page by page, those in use before registrations that nobody has used', async () => {
    const register = async (name: string): Promise<string> => {
      const answer = await fetch(`${product.issuer}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: name, redirect_uris: ['http://127.0.0.1/callback'] }),
      });
      return ((await answer.json()) as { client_id: string }).client_id;
    };
    const used = [await register('One'), await register('Two')];
    const unused: string[] = [];
    for (const name of ['Three', 'Four', 'Five']) unused.push(await register(name));
    const { subject } = await product.ownerDb
      .selectFrom('people')
      .select('subject')
      .where('email', '=', 'user@example.com')
      .executeTakeFirstOrThrow();
    for (const clientId of used) await recordConsent(product.ownerDb, { subject, clientId }, new Date());
    const pages: string[][] = [];
    let cursor = '';
    do {
      const { body } = await auditor.get(`/api/clients?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const list = clientListSchema.parse(body);
      pages.push(list.clients.map(({ client_id }) => client_id));
      cursor = list.next_cursor ?? '';
    } while (cursor !== '');
    expect(pages[0]?.slice(0, 3)).toEqual([chatClientId, dashboardClientId, mcpServerClientId]);
    const all = pages.flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((id) => used.includes(id))).toEqual([...used].reverse());
    expect(all.slice(-3)).toEqual([...unused].reverse());
    expect(pages.slice(0, -1).map(({ length }) => length)).toEqual(
      pages.slice(1).map((_, index) => (index === 0 ? 5 : 2)),
    );
    expect(clientDetailSchema.parse((await auditor.get(`/api/clients/${unused[0]}`)).body).client.name).toBe('Three');
    expect((await auditor.get('/api/clients?cursor=bm8')).status).toBe(400);
  });

  it('that registered by themselves are listed, and can be blocked', async () => {
    const redirectUris = ['cursor://callback'];
    const answer = await fetch(`${product.issuer}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Self-made', redirect_uris: redirectUris }),
    });
    const { client_id: clientId } = (await answer.json()) as { client_id: string };
    const list = clientListSchema.parse((await auditor.get('/api/clients')).body);
    expect(list.clients.find(({ client_id }) => client_id === clientId)).toMatchObject({
      registered_name: 'Self-made',
      first_party: false,
      redirect_uris: redirectUris,
      blocked: null,
    });
    const { client } = await detail(`/api/clients/${clientId}/block`, { reason: 'unknown' });
    expect(client.blocked).toMatchObject({ by: 'admin@example.com', reason: 'unknown' });
  });
});
