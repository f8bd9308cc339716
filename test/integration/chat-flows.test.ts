import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chatHistorySchema,
  chatReplySchema,
  chatSessionListSchema,
  agentInfoSchema,
  type ChatMessageView,
} from '../../api/contract/chat.ts';
import { requestStatusSchema, upgradeScopeResponseSchema } from '../../api/contract/scope-requests.ts';
import { userStatusSchema } from '../../api/contract/user-status.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

needsSandbox();

let product: Product;
let user: Visitor;
let admin: Visitor;

beforeAll(async () => {
  const shipped = await readFile('countersign.policy.yaml', 'utf8');
  const adding = (scope: string, line: string) => (text: string) =>
    text.replace(new RegExp(`( {2}${scope}:\\n(?: {4}.*\\n)*)`), `$1    ${line}\n`);
  // Requests for the accounts expire within the test; commands are granted to one conversation.
  const policy = [adding('admin:users', 'request_ttl: 2s'), adding('execute:commands', 'binding: session')].reduce(
    (text, edit) => edit(text),
    shipped,
  );
  product = await startProduct({ policy });
  user = await signedIn(product.chatUrl, 'user@example.com');
  admin = await signedIn(product.issuer, 'admin@example.com');
});
afterAll(() => product.stop());

const say = async (who: Visitor, message: string, session_id?: string) => {
  const { status, body } = await who.post('/chat', { message, ...(session_id === undefined ? {} : { session_id }) });
  expect(status, JSON.stringify(body)).toBe(200);
  return chatReplySchema.parse(body);
};
const ask = async (who: Visitor, session_id: string, more: Record<string, unknown> = {}) => {
  const { status, body } = await who.post('/request-approval', { session_id, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return upgradeScopeResponseSchema.parse(body);
};
const pendingId = (answer: Awaited<ReturnType<typeof ask>>): string => {
  if (answer.status !== 'pending_admin_approval') throw new Error(`not pending: ${answer.status}`);
  return answer.approval_request_id;
};
const history = async (who: Visitor, sessionId: string) =>
  chatHistorySchema.parse((await who.get(`/api/chat-history?session_id=${sessionId}`)).body);
const message = async (who: Visitor, sessionId: string, messageId: string): Promise<ChatMessageView> => {
  const found = (await history(who, sessionId)).messages.find(({ message_id }) => message_id === messageId);
  if (found === undefined) throw new Error('no such message');
  return found;
};
const untilStatus = async (who: Visitor, sessionId: string, messageId: string, status: ChatMessageView['status']) => {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await message(who, sessionId, messageId);
    if (found.status === status) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the message never became ${status}: ${JSON.stringify(await message(who, sessionId, messageId))}`);
};
const timesRun = async (callId: string): Promise<number> => {
  const rows = await product.database.db
    .selectFrom('audit_events')
    .select('data')
    .where('type', '=', 'tool.called')
    .execute();
  const call = await product.database.db
    .selectFrom('tool_calls')
    .select('arguments_digest')
    .where('call_id', '=', callId)
    .executeTakeFirstOrThrow();
  return rows.filter(({ data }) => JSON.stringify(data).includes(call.arguments_digest)).length;
};

describe('what policy grants at once', () => {
  it('is granted and used without anybody being asked', async () => {
    const reply = await say(user, 'List files in current directory');
    expect(reply).toMatchObject({ status: 'completed', tool_calls: [{ name: 'list_files', status: 'succeeded' }] });
    expect(reply.reply).toContain('README.md');
    expect(reply.tool_calls[0]?.approval).toMatchObject({ status: 'approved', approved_by: 'policy' });
    expect(userStatusSchema.parse((await user.get('/api/user-status')).body).current_scopes).toContain('read:files');
  });

  it('answers what it does not understand with what it knows', async () => {
    const reply = await say(user, 'tell me a joke');
    expect(reply).toMatchObject({ status: 'completed', tool_calls: [] });
    expect(reply.reply).toContain('I do not guess');
  });
});

describe('what needs another person', () => {
  it('is parked, asked for by a click, approved, and goes on by itself, once', async () => {
    const dana = await signedIn(product.chatUrl, 'demo@example.com');
    const reply = await say(dana, 'Execute command: ps aux | head -5');
    expect(reply).toMatchObject({
      status: 'awaiting_authorization',
      tool_calls: [{ status: 'parked', arguments: { command: 'ps aux | head -5' } }],
      authorization_error: {
        error_type: 'authorization_error',
        required_scope: 'execute:commands',
        approval_type: 'admin_required',
        user_email: 'demo@example.com',
      },
    });
    expect(reply.approval_request_id).toBeUndefined();

    const requestId = pendingId(
      await ask(dana, reply.session_id, { message_id: reply.message_id, justification: 'to see what runs' }),
    );
    expect(requestStatusSchema.parse((await dana.get(`/check-approval/${requestId}`)).body).status).toBe('pending');
    const card = (await message(dana, reply.session_id, reply.message_id)).tool_calls?.[0];
    expect(card).toMatchObject({
      status: 'parked',
      approval_request_id: requestId,
      approval: { status: 'pending', required_scopes: ['execute:commands'], approvers: ['admin'] },
    });

    // The conversation stays usable meanwhile, and the same call joins the open request.
    expect((await say(dana, 'health check', reply.session_id)).status).toBe('completed');
    const again = await say(dana, 'Execute command: ps aux | head -5', reply.session_id);
    expect(again.approval_request_id).toBe(requestId);

    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    for (const messageId of [reply.message_id, again.message_id]) {
      const done = await untilStatus(dana, reply.session_id, messageId, 'completed');
      expect(done.tool_calls?.[0]).toMatchObject({
        status: 'succeeded',
        approval: { status: 'approved', approved_by: 'admin@example.com' },
      });
      expect(done.content).toContain('Output of `ps aux | head -5`');
    }
    expect(await timesRun(reply.tool_calls[0]?.call_id ?? '')).toBe(2);
    const retried = await dana.post('/retry-message', { session_id: reply.session_id, message_id: reply.message_id });
    expect(retried.body).toMatchObject({ status: 'completed', tool_calls: [{ status: 'succeeded' }] });
    expect(await timesRun(reply.tool_calls[0]?.call_id ?? '')).toBe(2);
  });

  it('holds for that conversation only, when policy binds it to one', async () => {
    const elsewhere = await say(
      await signedIn(product.chatUrl, 'demo@example.com'),
      'Execute command: ps aux | head -5',
    );
    expect(elsewhere.status).toBe('awaiting_authorization');
  });

  it('goes on although the chat was gone when it was approved', async () => {
    const max = await signedIn(product.chatUrl, 'manager@example.com');
    const reply = await say(max, 'Execute command: uptime');
    const requestId = pendingId(await ask(max, reply.session_id));
    await product.roles.chat.stop();
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    await product.roles.chat.start();
    const done = await untilStatus(max, reply.session_id, reply.message_id, 'completed');
    expect(done.content).toContain('Output of `uptime`');
  });
});

describe('the other ends', () => {
  it('says who denied and why, and can be asked again', async () => {
    const reply = await say(user, 'Execute command: date');
    const requestId = pendingId(await ask(user, reply.session_id));
    expect((await admin.post(`/api/deny/${requestId}`, { reason: 'Not on a Sunday.' })).status).toBe(200);
    const done = await untilStatus(user, reply.session_id, reply.message_id, 'completed');
    expect(done.tool_calls?.[0]).toMatchObject({
      status: 'denied',
      approval: { status: 'denied', denied_by: 'admin@example.com' },
    });
    expect(done.content).toMatch(/admin@example\.com denied.*Not on a Sunday\./s);

    const second = pendingId(await ask(user, reply.session_id, { message_id: reply.message_id }));
    expect(second).not.toBe(requestId);
    expect((await message(user, reply.session_id, reply.message_id)).status).toBe('awaiting_authorization');

    expect(
      (await user.post('/cancel-approval', { session_id: reply.session_id, approval_request_id: second })).status,
    ).toBe(200);
    const withdrawn = await untilStatus(user, reply.session_id, reply.message_id, 'completed');
    expect(withdrawn.tool_calls?.[0]?.status).toBe('cancelled');
    expect(withdrawn.content).toContain('You withdrew');
  });

  it('says that nobody answered, which is no refusal', async () => {
    const reply = await say(user, 'list users');
    pendingId(await ask(user, reply.session_id));
    const done = await untilStatus(user, reply.session_id, reply.message_id, 'completed');
    expect(done.tool_calls?.[0]).toMatchObject({ status: 'expired', approval: { status: 'expired' } });
    expect(done.content).toContain('not a refusal');
  });

  it('retries by hand as a new call, without asking anybody by itself', async () => {
    const reply = await say(user, 'Execute command: whoami');
    const requestId = pendingId(await ask(user, reply.session_id));
    await admin.post(`/api/deny/${requestId}`, { reason: 'no' });
    await untilStatus(user, reply.session_id, reply.message_id, 'completed');
    const retried = await user.post('/retry-message', { session_id: reply.session_id });
    expect(retried.body).toMatchObject({
      status: 'awaiting_authorization',
      tool_calls: [{ status: 'superseded' }, { status: 'parked' }],
    });
    expect(retried.body.approval_request_id).toBeUndefined();
  });
});

describe('when parts are missing', () => {
  it('says so when the tool server is down, and the same message works later', async () => {
    await product.roles.mcp.stop();
    const reply = await say(user, '/ls');
    expect(reply.status).toBe('failed');
    expect(reply.reply).toContain('cannot be reached');
    await product.roles.mcp.start();
    const retried = await user.post('/retry-message', { session_id: reply.session_id, message_id: reply.message_id });
    expect(retried.body).toMatchObject({ status: 'completed' });
  });

  it('answers 503 when the auth server is down, and keeps what is parked', async () => {
    const auditor = await signedIn(product.chatUrl, 'auditor@example.com');
    await product.roles.api.stop();
    const refused = await auditor.post('/chat', { message: '/health' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(refused.body).toMatchObject({ code: 'temporarily_unavailable' });
    await product.roles.api.start();
    expect((await say(auditor, '/health')).status).toBe('completed');
  });
});

describe('signing in and out', () => {
  it('leaves parked work parked until the next sign-in, which lets it go on', async () => {
    const before = await signedIn(product.chatUrl, 'auditor@example.com');
    const reply = await say(before, 'Execute command: id');
    const requestId = pendingId(await ask(before, reply.session_id));
    expect((await before.post('/auth/sign-out')).status).toBe(204);
    expect((await before.get('/api/user-status')).status).toBe(401);
    await admin.post(`/api/approve/${requestId}`);
    await expect
      .poll(
        () =>
          product.database.db
            .selectFrom('chat_messages')
            .select('content')
            .where('message_id', '=', reply.message_id)
            .executeTakeFirst(),
        { timeout: 10_000 },
      )
      .toMatchObject({ content: expect.stringContaining('Sign in again') as string });
    const after = await signedIn(product.chatUrl, 'auditor@example.com');
    const done = await untilStatus(after, reply.session_id, reply.message_id, 'completed');
    expect(done.content).toContain('Output of `id`');
  });

  it('ends at both ends when the auth server’s end is used', async () => {
    const here = await signedIn(product.chatUrl, 'manager@example.com');
    const there = await signedIn(product.issuer, 'manager@example.com');
    expect((await there.post('/auth/sign-out')).status).toBeLessThan(400);
    expect((await here.get('/api/user-status')).status).toBe(401);
  });

  it('walks the ordinary redirect with state, nonce and PKCE', async () => {
    const somebody = visitor(product.chatUrl);
    const sent = await somebody.get('/auth/sign-in?return_to=//evil.example');
    expect(sent.status).toBe(303);
    const url = new URL(sent.headers.get('location') ?? '');
    expect(url.origin).toBe(product.issuer);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'countersign-chat',
      response_type: 'code',
      code_challenge_method: 'S256',
    });
    expect(url.searchParams.get('state')).toBeTruthy();
    expect(url.searchParams.get('nonce')).toBeTruthy();
    const forged = await somebody.get('/auth/callback?code=abc&state=wrong');
    expect(forged.status).toBe(401);
    expect((await visitor(product.chatUrl).get('/auth/callback?code=abc&state=x')).status).toBe(401);
  });

  it('refuses a wrong password', async () => {
    const { status, body } = await visitor(product.chatUrl).post('/auth/demo-login', {
      email: 'user@example.com',
      password: 'wrong',
    });
    expect([status, body.code]).toEqual([401, 'invalid_credentials']);
  });
});

describe('whose it is', () => {
  it('wants somebody signed in, from this very site', async () => {
    expect((await visitor(product.chatUrl).post('/chat', { message: 'hello' })).status).toBe(401);
    expect((await user.post('/chat', { message: '  ' })).status).toBe(400);
    const foreign = await user.post('/chat', { message: 'hello' }, { origin: product.issuer });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'cross_site_request']);
    expect(
      (
        await user.post(
          '/auth/demo-login',
          { email: 'user@example.com', password: 'demo' },
          { origin: 'http://evil.example' },
        )
      ).status,
    ).toBe(403);
  });

  it('shows nobody else’s conversation, and acts in none', async () => {
    const other = await signedIn(product.chatUrl, 'demo@example.com');
    const reply = await say(other, 'Execute command: df');
    const requestId = pendingId(await ask(other, reply.session_id));
    expect((await user.get(`/api/chat-history?session_id=${reply.session_id}`)).status).toBe(404);
    expect((await user.post('/chat', { message: 'hi', session_id: reply.session_id })).status).toBe(404);
    expect((await user.post('/request-approval', { session_id: reply.session_id })).status).toBe(404);
    expect((await user.post('/retry-message', { session_id: reply.session_id })).status).toBe(404);
    expect(
      (await user.post('/cancel-approval', { session_id: reply.session_id, approval_request_id: requestId })).status,
    ).toBe(404);
    expect((await user.get(`/check-approval/${requestId}`)).status).toBe(404);
    const own = await say(user, '/health');
    expect(
      (await user.post('/cancel-approval', { session_id: own.session_id, approval_request_id: requestId })).status,
    ).toBe(404);
    const listed = chatSessionListSchema.parse((await user.get('/api/chat-sessions')).body).sessions;
    expect(listed.some(({ session_id }) => session_id === reply.session_id)).toBe(false);
    expect(chatSessionListSchema.parse((await other.get('/api/chat-sessions')).body).sessions[0]).toMatchObject({
      session_id: reply.session_id,
      waiting: true,
    });
  });

  it('names the model honestly', async () => {
    expect(agentInfoSchema.parse((await user.get('/api/agent')).body)).toMatchObject({
      offline: true,
      description: 'offline planner: patterns, no model',
    });
  });

  it('streams one’s own events only', async () => {
    const abort = new AbortController();
    const response = await fetch(`${product.chatUrl}/api/events`, {
      headers: { cookie: user.cookie },
      signal: abort.signal,
    });
    const other = await signedIn(product.chatUrl, 'demo@example.com');
    const foreign = await say(other, '/health');
    const own = await say(user, '/health');
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes(own.session_id)) break;
    }
    abort.abort();
    expect(text).toMatch(/event: hello/);
    expect(text).not.toContain(foreign.session_id);
  });
});

describe('what is kept', () => {
  it('holds no token and no unsealed refresh token in the database', async () => {
    const rows = await product.database.db.selectFrom('chat_sign_ins').select('refresh_token').execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ refresh_token }) => refresh_token.startsWith('v1.'))).toBe(true);
    const calls = JSON.stringify(await product.database.db.selectFrom('tool_calls').selectAll().execute());
    expect(calls).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  });
});
