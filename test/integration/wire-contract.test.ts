import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditType } from '../../activities/store/audit.ts';
import type { Connection } from '../../activities/store/connect.ts';
import { chatHistorySchema, chatSessionListSchema } from '../../api/contract/chat.ts';
import { grantListSchema, grantSchema } from '../../api/contract/grants.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import {
  requestDetailSchema,
  requestListSchema,
  requestStatusSchema,
  upgradeScopeResponseSchema,
} from '../../api/contract/scope-requests.ts';
import { userStatusSchema } from '../../api/contract/user-status.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { signInAsChat } from '../support/chat-tokens.ts';
import { answered, askForApproval, say, statusOf } from '../support/conversation.ts';
import { connectToLaunched } from '../support/launched-store.ts';
import { launch, launchPorts, removeStateFolder, temporaryStateFolder, type Launched } from '../support/launched.ts';
import { openEventStream } from '../support/event-stream.ts';
import { liveEvents } from '../support/live-events.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { readHistory } from '../support/temporal-history.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

needsSandbox();

let folder: string;
let policyFile: string;
let product: Launched;
let store: Connection;
let admin: Visitor;

beforeAll(async () => {
  folder = await temporaryStateFolder();
  policyFile = join(folder, 'policy.yaml');
  const shipped = await readFile(join(projectRoot, 'countersign.policy.yaml'), 'utf8');
  // Requests for the accounts expire within the test.
  await writeFile(policyFile, shipped.replace(/^ {2}admin:users:\n/m, '$&    request_ttl: 2s\n'));
  product = await launch({ stateFolder: join(folder, 'state'), ports: await launchPorts(), policyFile });
  store = await connectToLaunched(product.stateFolder);
  admin = await signedIn(product.issuer, 'admin@example.com');
}, 180_000);

afterAll(async () => {
  await store.close();
  await product.stop();
  await removeStateFolder(folder);
});

async function auditTypes(requestId: string): Promise<AuditType[]> {
  const rows = await store.db
    .selectFrom('audit_events')
    .select('type')
    .where('request_id', '=', requestId)
    .orderBy('position')
    .execute();
  return rows.map(({ type }) => type as AuditType);
}

async function audited(type: AuditType): Promise<number> {
  const rows = await store.db.selectFrom('audit_events').select('position').where('type', '=', type).execute();
  return rows.length;
}

const mcpUrl = () => `http://localhost:${product.ports.mcp}/mcp`;

test.each([
  ['auth server', () => product.issuer],
  ['MCP server', () => `http://localhost:${product.ports.mcp}`],
  ['chat', () => product.chatUrl],
])('%s says that it lives', async (_name, base) => {
  const { status, body } = await visitor(base()).get('/healthz');
  expect([status, body.status]).toEqual([200, 'ok']);
});

describe('the walk by curl', () => {
  test('files are listed at once', async () => {
    const user = await signedIn(product.chatUrl, 'user@example.com');
    expect(userStatusSchema.parse((await user.get('/api/user-status')).body).current_scopes).toEqual([]);
    const reply = await say(user, 'List files in current directory');
    expect(reply.status).toBe('completed');
    expect(reply.tool_calls).toMatchObject([{ name: 'list_files', status: 'succeeded' }]);
    expect(reply.reply).toContain('inventory.csv');
    expect(userStatusSchema.parse((await user.get('/api/user-status')).body).current_scopes).toEqual(['read:files']);
  });

  test('a command waits, is approved, and its output is in the conversation', async () => {
    const user = await signedIn(product.chatUrl, 'user@example.com');
    const reply = await say(user, 'Execute command: ps aux | head -5');
    expect(reply.status).toBe('awaiting_authorization');
    expect(reply.authorization_error).toMatchObject({
      error_type: 'authorization_error',
      tool_name: 'execute_command',
      required_scope: 'execute:commands',
      approval_type: 'admin_required',
      user_email: 'user@example.com',
    });

    const requestId = await askForApproval(user, reply, 'to look around');
    const pending = requestStatusSchema.parse((await user.get(`/check-approval/${requestId}`)).body);
    expect(pending).toMatchObject({ request_id: requestId, status: 'pending', deciding: false, grant: null });
    expect(Date.parse(pending.expires_at ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const detail = requestDetailSchema.parse((await admin.get(`/api/requests/${requestId}`)).body);
    expect(detail.request).toMatchObject({
      justification: 'to look around',
      tool_args: { command: 'ps aux | head -5' },
      cannot_decide: null,
    });
    const queue = requestListSchema.parse((await admin.get('/api/requests?status=pending')).body).requests;
    expect(queue.map((request) => request.request_id)).toContain(requestId);

    const inDashboard = await liveEvents(product.issuer, admin.cookie);
    const inChat = await liveEvents(product.chatUrl, user.cookie);
    const approved = await admin.post(`/api/approve/${requestId}`);
    expect(approved.status).toBe(200);
    expect(requestStatusSchema.parse(approved.body)).toMatchObject({
      status: 'approved',
      approved_by: 'admin@example.com',
      grant: { status: 'active', scopes: ['execute:commands'] },
    });
    await inDashboard.until({ kind: 'request', id: requestId });
    await inChat.until({ kind: 'request', id: requestId });
    await inChat.until({ kind: 'chat_session', id: reply.session_id });
    await Promise.all([inDashboard.close(), inChat.close()]);

    const done = await answered(user, reply);
    expect(done.content).toContain('COMMAND');
    const history = chatHistorySchema.parse((await user.get(`/api/chat-history?session_id=${reply.session_id}`)).body);
    expect(history.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    const sessions = chatSessionListSchema.parse((await user.get('/api/chat-sessions')).body).sessions;
    expect(sessions.find(({ session_id }) => session_id === reply.session_id)?.waiting).toBe(false);

    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    const tooLate = await admin.post(`/api/deny/${requestId}`, { reason: 'changed my mind' });
    expect([tooLate.status, problemSchema.parse(tooLate.body).code]).toEqual([409, 'already_decided']);

    const grants = grantListSchema.parse((await admin.get('/api/grants')).body).grants;
    const grant = grants.find(({ request_id }) => request_id === requestId);
    expect(grant).toMatchObject({ subject_email: 'user@example.com', client_id: chatClientId, status: 'active' });
    expect((await admin.post(`/api/grants/${grant?.grant_id ?? ''}/revoke`)).status).toBe(200);
    expect((await statusOf(admin, requestId)).grant?.status).toBe('revoked');
    expect((await say(user, 'Execute command: ps aux | head -5')).status).toBe('awaiting_authorization');
    expect(await auditTypes(requestId)).toEqual(
      expect.arrayContaining(['request.created', 'request.pending', 'decision.recorded', 'request.approved']),
    );
  });

  test('a grant is handed back by its holder and by nobody else', async () => {
    const holder = await signedIn(product.issuer, 'manager@example.com');
    expect((await holder.post('/api/upgrade-scope', { scopes: ['read:files'] })).body).toMatchObject({
      status: 'approved',
    });
    const [grant] = grantListSchema.parse((await holder.get('/api/grants?status=active')).body).grants;
    const path = `/api/grants/${grant?.grant_id ?? ''}/return`;
    const byAdmin = await admin.post(path);
    expect([byAdmin.status, problemSchema.parse(byAdmin.body).code]).toEqual([403, 'not_holder']);
    const stranger = await signedIn(product.issuer, 'user@example.com');
    expect((await stranger.post(path)).status).toBe(404);
    expect((await visitor(product.issuer).post(path)).status).toBe(401);
    expect((await holder.post(path, undefined, { origin: product.chatUrl })).status).toBe(403);
    for (const answer of [await holder.post(path), await holder.post(path)]) {
      expect(answer.status).toBe(200);
      expect(grantSchema.parse(answer.body)).toMatchObject({ status: 'returned', ended_by: 'manager@example.com' });
    }
    expect(userStatusSchema.parse((await holder.get('/api/user-status')).body).current_scopes).toEqual([]);
  });

  test('an edit of the policy file takes effect while all runs, and a broken one is shown to admins', async () => {
    const manager = await signedIn(product.issuer, 'manager@example.com');
    const ask = async () => (await manager.post('/api/upgrade-scope', { scopes: ['read:user-data'] })).body;
    const problemFor = async (person: Visitor) =>
      userStatusSchema.parse((await person.get('/api/user-status')).body).policy_problem;
    const text = await readFile(policyFile, 'utf8');
    const soon = { timeout: 10_000 };
    expect(text).toContain('risk: medium');
    await writeFile(policyFile, text.replace('risk: medium', 'risk: middling'));
    await expect.poll(() => problemFor(admin), soon).toMatchObject({ problems: [expect.stringContaining('risk')] });
    expect(await problemFor(manager)).toBeNull();
    expect(product.output()).toContain('POLICY NOT CHANGED');
    await writeFile(
      policyFile,
      text.replace(/(read:user-data:\n(?: {4}.*\n)*? {4}granted_at_once_to: )\[\]/, '$1[manager]'),
    );
    await expect.poll(() => problemFor(admin), soon).toBeNull();
    expect(await ask()).toMatchObject({ status: 'approved', auto_approved: true });
    await writeFile(policyFile, text.replace('deny: []', 'deny: [{ scopes: ["read:user-data"], reason: Closed }]'));
    await expect
      .poll(async () => userStatusSchema.parse((await manager.get('/api/user-status')).body).current_scopes, soon)
      .toEqual([]);
    expect(await ask()).toMatchObject({ status: 'denied', reason: 'Closed' });
    await writeFile(policyFile, text);
    await expect.poll(() => product.output().split('is live as').length - 1, soon).toBe(3);
  });

  test('scripts that use forms and ask for scopes themselves', async () => {
    const login = await fetch(`${product.issuer}/auth/demo-login`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'demo@example.com', password: 'demo' }),
      redirect: 'manual',
    });
    expect([login.status, login.headers.get('location')]).toEqual([303, '/']);
    const headers = {
      cookie: login.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; '),
    };
    const upgrade = (scopes: string[]) =>
      fetch(`${product.issuer}/api/upgrade-scope`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ scopes }),
      });
    const atOnce = upgradeScopeResponseSchema.parse(await (await upgrade(['read:files'])).json());
    expect(atOnce).toMatchObject({ status: 'approved', auto_approved: true, approved_scopes: ['read:files'] });
    expect(atOnce).not.toHaveProperty('new_token');
    const unknown = await upgrade(['read:files', 'read:minds']);
    expect([unknown.status, problemSchema.parse(await unknown.json()).code]).toEqual([400, 'unknown_scope']);
    const asked = upgradeScopeResponseSchema.parse(await (await upgrade(['execute:commands'])).json());
    if (asked.status !== 'pending_admin_approval') throw new Error(asked.status);
    const denied = await fetch(`${product.issuer}/api/deny/${asked.approval_request_id}`, {
      method: 'POST',
      headers: { cookie: admin.cookie },
      body: new URLSearchParams({ reason: 'no' }),
    });
    expect([denied.status, requestStatusSchema.parse(await denied.json()).status]).toEqual([200, 'denied']);
  });
});

test('four ends are told apart in the chat, in the API and in the audit table', async () => {
  const manager = await signedIn(product.chatUrl, 'manager@example.com');
  const end = async (message: string, decide: (requestId: string, sessionId: string) => Promise<unknown>) => {
    const reply = await say(manager, message);
    const requestId = await askForApproval(manager, reply);
    await decide(requestId, reply.session_id);
    const { content } = await answered(manager, reply);
    const { status } = await statusOf(admin, requestId);
    const ends = (await auditTypes(requestId)).filter((type) =>
      /^request\.(?!created|pending|withdrawal_recorded)/.test(type),
    );
    return { content, status, ends };
  };
  const denied = await end('Execute command: date', (id) => admin.post(`/api/deny/${id}`, { reason: 'Not today.' }));
  const cancelled = await end('Execute command: date', (id, session_id) =>
    manager.post('/cancel-approval', { session_id, approval_request_id: id }),
  );
  const expired = await end('list users', () => Promise.resolve());
  const approved = await end('Execute command: date', (id) => admin.post(`/api/approve/${id}`));

  expect([denied, cancelled, expired, approved].map(({ status, ends }) => [status, ends])).toEqual([
    ['denied', ['request.denied']],
    ['cancelled', ['request.cancelled']],
    ['expired', ['request.expired']],
    ['approved', ['request.approved']],
  ]);
  expect(denied.content).toMatch(/admin@example\.com denied.*Not today\./s);
  expect(cancelled.content).toContain('You withdrew the request');
  expect(expired.content).toContain('This is not a refusal');
  expect(approved.content).toContain('Output of `date`');
});

test('a chat that comes back is told what changed meanwhile', async () => {
  const demo = await signedIn(product.chatUrl, 'demo@example.com');
  const stream = await openEventStream(product.chatUrl, demo.cookie);
  await expect.poll(() => stream.lastEventId).toBeDefined();
  await stream.close();
  const reply = await say(demo, 'Execute command: date');
  const requestId = await askForApproval(demo, reply);
  const again = await openEventStream(product.chatUrl, demo.cookie, stream.lastEventId);
  await expect
    .poll(() => again.changes.map(({ id }) => id))
    .toEqual(expect.arrayContaining([reply.session_id, requestId]));
  const others = await openEventStream(
    product.chatUrl,
    (await signedIn(product.chatUrl, 'manager@example.com')).cookie,
    stream.lastEventId,
  );
  await expect.poll(() => others.events.length).toBeGreaterThan(0);
  expect(others.changes.map(({ id }) => id)).not.toContain(requestId);
  await Promise.all([again.close(), others.close()]);
});

describe('both servers publish what they speak', () => {
  const published = async (base: string) => {
    const { status, body } = await visitor(base).get('/api/openapi.json');
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    return Object.keys(body.paths as Record<string, unknown>);
  };

  test('to everybody', async () => {
    expect(await published(product.issuer)).toEqual(
      expect.arrayContaining(['/api/upgrade-scope', '/api/approve/{id}', '/api/audit', '/api/events']),
    );
    expect(await published(product.chatUrl)).toEqual(expect.arrayContaining(['/chat', '/api/chat-history']));
  });

  // Each answer is held to the document by the visitor.
  test.each([
    ['/api/upgrade-scope', { scopes: [] }, 400],
    ['/api/upgrade-scope', { scopes: Array.from({ length: 10_000 }, (_, n) => `s${n}`) }, 413],
    ['/api/upgrade-scope', { scopes: ['read:files'], session_id: 'somebody-elses' }, 404],
    ['/api/approve/req_unknown', {}, 404],
    ['/api/deny/req_unknown', {}, 400],
    ['/api/deny/req_unknown', { reason: 'x' }, 404],
    ['/api/requests/req_unknown/cancel', undefined, 404],
    ['/api/grants/grt_unknown/revoke', {}, 404],
    ['/api/grants/grt_unknown/return', undefined, 404],
    ['/auth/demo-login', { email: 'user@example.com' }, 400],
    ['/auth/demo-login', { email: 'nobody@example.com', password: 'x' }, 401],
  ])('auth server: POST %s %j is %i', async (path, body, status) => {
    expect((await admin.post(path, body)).status).toBe(status);
    const cross = await admin.post(path, body, { origin: product.chatUrl });
    expect(cross.status).toBe(status === 413 ? 413 : 403);
  });

  test.each([
    ['/chat', { message: '' }, 400],
    ['/chat', { message: 'hello', session_id: 'unknown' }, 404],
    ['/request-approval', { session_id: 'unknown' }, 404],
    ['/retry-message', { session_id: 'unknown' }, 404],
    ['/cancel-approval', { session_id: 'unknown', approval_request_id: 'unknown' }, 404],
    ['/auth/demo-login', { email: 'user@example.com', password: 'wrong' }, 401],
  ])('chat: POST %s %j is %i', async (path, body, status) => {
    const user = await signedIn(product.chatUrl, 'user@example.com');
    expect((await user.post(path, body)).status).toBe(status);
    expect((await user.post(path, body, { origin: product.issuer })).status).toBe(403);
    if (path !== '/auth/demo-login') expect((await visitor(product.chatUrl).post(path, body)).status).toBe(401);
  });

  test('every page that can be read, as whoever may and as whoever may not', async () => {
    const user = await signedIn(product.issuer, 'user@example.com');
    const inChat = await signedIn(product.chatUrl, 'user@example.com');
    for (const path of ['requests', 'grants', 'audit', 'stats', 'tools', 'user-status', 'requests/req_unknown']) {
      const answers = [admin, user, visitor(product.issuer)].map((who) => who.get(`/api/${path}`));
      expect((await Promise.all(answers)).at(-1)?.status).toBe(401);
    }
    for (const path of ['/auth/sign-in-options', '/healthz', '/api/requests?limit=0', '/api/status/%E0%A4%A']) {
      await admin.get(path);
    }
    for (const path of ['agent', 'chat-sessions', 'chat-history', 'chat-history?session_id=unknown', 'user-status']) {
      await inChat.get(`/api/${path}`);
      expect((await visitor(product.chatUrl).get(`/api/${path}`)).status).toBe(401);
    }
    expect((await inChat.get('/check-approval/req_unknown')).status).toBe(404);
    expect((await visitor(product.chatUrl).get('/auth/sign-in')).status).toBe(303);
    expect((await visitor(product.chatUrl).get('/auth/callback')).status).toBe(401);
    expect((await inChat.post('/auth/sign-out')).status).toBe(204);
  });
});

describe('refused, and audited', () => {
  test('a third person reads a request', async () => {
    const user = await signedIn(product.chatUrl, 'user@example.com');
    const reply = await say(user, 'Execute command: df');
    const requestId = await askForApproval(user, reply);
    const third = await signedIn(product.issuer, 'demo@example.com');
    for (const path of [`/api/status/${requestId}`, `/api/check-approval/${requestId}`, `/api/requests/${requestId}`]) {
      const before = await audited('access.refused');
      const { status, body } = await third.get(path);
      expect([status, problemSchema.parse(body).code]).toEqual([404, 'not_found']);
      expect(await audited('access.refused')).toBe(before + 1);
    }
    for (const [path, body] of [
      [`/api/approve/${requestId}`, {}],
      [`/api/deny/${requestId}`, { reason: 'x' }],
      [`/api/requests/${requestId}/cancel`, {}],
    ] as const)
      expect((await third.post(path, body)).status).toBe(404);
    expect((await statusOf(admin, requestId)).status).toBe('pending');
  });

  test('one’s own request, and a decision in somebody else’s name', async () => {
    const user = await signedIn(product.issuer, 'user@example.com');
    const asked = await user.post('/api/upgrade-scope', { scopes: ['execute:commands'] });
    const requestId = String(asked.body.approval_request_id);
    const before = await audited('decision.refused');
    const own = await user.post(`/api/approve/${requestId}`);
    expect([own.status, problemSchema.parse(own.body).code]).toEqual([403, 'own_request']);
    const other = await admin.post(`/api/approve/${requestId}`, { admin_email: 'manager@example.com' });
    expect([other.status, problemSchema.parse(other.body).code]).toEqual([403, 'identity_mismatch']);
    const foreign = await admin.post(`/api/approve/${requestId}`, {}, { origin: product.chatUrl });
    expect([foreign.status, problemSchema.parse(foreign.body).code]).toEqual([403, 'cross_site_request']);
    expect((await visitor(product.issuer).post(`/api/approve/${requestId}`)).status).toBe(401);
    expect(await audited('decision.refused')).toBe(before + 2);
    expect((await statusOf(admin, requestId)).status).toBe('pending');
  });

  test('forged tokens, at both resources', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const stranger = await exportJWK(privateKey);
    const base = JSON.parse(await readFile(join(product.stateFolder, 'keys', 'base.private.jwk'), 'utf8')) as JWK;
    const { subject } = await store.db
      .selectFrom('people')
      .select('subject')
      .where('email', '=', 'user@example.com')
      .executeTakeFirstOrThrow();
    const resources = [
      { audience: mcpUrl(), call: callMcp },
      { audience: `${product.issuer}/api`, call: callApi },
    ];
    for (const { audience, call } of resources) {
      const sign = async (key: JWK, kid: string | undefined, scope: string) =>
        new SignJWT({ client_id: chatClientId, scope })
          .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
          .setSubject(subject)
          .setIssuer(product.issuer)
          .setAudience(audience)
          .setJti('forged')
          .setIssuedAt()
          .setExpirationTime('5m')
          .sign(await importJWK(key, 'ES256'));
      expect(await call(await sign(base, base.kid, 'none')), 'the token that the others were made from').toBe(200);
      const forged = [
        await sign(stranger, base.kid, 'none'),
        await sign(stranger, 'unknown', 'none'),
        await sign(base, base.kid, 'execute:commands'),
      ];
      for (const token of forged) {
        const before = await audited('token.refused');
        expect(await call(token)).toBe(401);
        expect(await audited('token.refused')).toBe(before + 1);
      }
    }
  });

  test('a token for one resource at the other', async () => {
    const { tokenFor } = await signInAsChat(product, 'demo@example.com');
    const [forMcp, forApi] = [await tokenFor(mcpUrl()), await tokenFor(`${product.issuer}/api`)];
    expect([await callMcp(forMcp), await callApi(forApi)]).toEqual([200, 200]);
    const before = await audited('token.refused');
    expect([await callMcp(forApi), await callApi(forMcp)]).toEqual([401, 401]);
    expect(await audited('token.refused')).toBe(before + 2);
  });
});

test('a bearer caller gets its scopes as a new token, which opens the tool', async () => {
  const { tokenFor } = await signInAsChat(product, 'auditor@example.com');
  const [forApi, plain] = [await tokenFor(`${product.issuer}/api`), await tokenFor(mcpUrl())];
  expect(await callMcp(plain, 'list_files')).toBe(403);
  const upgrade = async () => {
    const response = await fetch(`${product.issuer}/api/upgrade-scope`, {
      method: 'POST',
      headers: { authorization: `Bearer ${forApi}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scopes: ['read:files'] }),
    });
    expect(response.status).toBe(200);
    return upgradeScopeResponseSchema.parse(await response.json());
  };
  const asked = await upgrade();
  if (asked.status !== 'pending_admin_approval') throw new Error(asked.status);
  expect((await admin.post(`/api/approve/${asked.approval_request_id}`)).status).toBe(200);
  const collected = await upgrade();
  if (collected.status !== 'approved') throw new Error(collected.status);
  expect(collected.approved_scopes).toEqual(['read:files']);
  expect(await callMcp(collected.new_token ?? '', 'list_files')).toBe(200);
  expect(await callApi(collected.new_token ?? '')).toBe(401);
});

describe('what Temporal keeps', () => {
  test('readable search attributes; no address, no argument and no access token', async () => {
    const auditor = await signedIn(product.chatUrl, 'auditor@example.com');
    const reply = await say(auditor, 'Execute command: ps aux | wc -l');
    const requestId = await askForApproval(auditor, reply, 'a very private reason');
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect((await answered(auditor, reply)).content).toContain('Output of');
    const grantId = (await statusOf(admin, requestId)).grant?.grant_id ?? '';
    expect((await admin.post(`/api/grants/${grantId}/revoke`)).status).toBe(200);

    const ui = `http://localhost:${product.ports.temporalUi}`;
    const upgrade = await readHistory(ui, `scope-upgrade:${requestId}`);
    expect(upgrade.searchAttributes).toMatchObject({
      CountersignStatus: 'approved',
      CountersignScopes: ['execute:commands'],
    });
    const chat = await readHistory(ui, `chat-session:${reply.session_id}`);
    for (const { text } of [upgrade, chat]) {
      expect(text.length).toBeGreaterThan(1_000);
      expect(text).not.toMatch(/@example\.com/);
      expect(text).not.toContain('ps aux');
      expect(text).not.toContain('a very private reason');
      expect(tokenTypes(text).filter((type) => type !== 'decision+jwt')).toEqual([]);
    }
    // The reader works: the one signed thing that belongs there is found.
    expect(tokenTypes(upgrade.text)).toContain('decision+jwt');
  });
});

/** The types of the signed things in a text. */
function tokenTypes(text: string): unknown[] {
  return [...text.matchAll(/(eyJ[\w-]+)\.eyJ[\w-]+\.[\w-]+/g)].map(
    ([, header = '']) => (JSON.parse(Buffer.from(header, 'base64url').toString()) as { typ?: string }).typ,
  );
}

async function callApi(token: string): Promise<number> {
  const response = await fetch(`${product.issuer}/api/user-status`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

async function callMcp(token: string, tool = 'health_check'): Promise<number> {
  const response = await fetch(mcpUrl(), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: {} } }),
  });
  await response.arrayBuffer();
  return response.status;
}
