import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { addRegisteredClient, removeRegisteredClient } from '../../activities/store/registered-clients.ts';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { startStepUpWorld, type StepUpWorld } from '../support/step-up-world.ts';
import { signedIn } from '../support/visitor.ts';

const grantType = 'urn:openid:params:grant-type:ciba';
const person = 'user@example.com';
let world: StepUpWorld;

beforeAll(async () => {
  world = await startStepUpWorld();
}, 120_000);
afterAll(() => world.product.stop());

interface Agent {
  clientId: string;
  secret: string;
}

type Answer = Record<string, unknown> & { error?: string; error_description?: string };

/** A client of the owner's, which a person lets act for them. */
async function newAgent(
  terms: { background?: boolean; consent?: 'offline' | 'online' | 'none'; email?: string } = {},
): Promise<Agent> {
  const { background = true, consent = 'offline', email = person } = terms;
  const client = { name: 'A night watch', redirectUris: [], background };
  const agent = await addRegisteredClient(world.product.ownerDb, client, new Date());
  if (consent !== 'none') {
    const of = { subject: await world.subjectOf(email), clientId: agent.clientId };
    const given = { offline: consent === 'offline', name: 'A night watch' };
    await recordConsent(world.product.database.db, of, new Date(), given);
  }
  return agent;
}

async function post(path: string, { clientId, secret }: Agent, parameters: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${world.product.issuer}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ resource: world.product.mcpResource, ...parameters }),
  });
  return (await response.json()) as Answer;
}

function ask(agent: Agent, scope: string, change: Record<string, string> = {}): Promise<Answer> {
  return post('/oauth/background-requests', agent, { scope: `openid ${scope}`, login_hint: person, ...change });
}

const poll = (agent: Agent, { auth_req_id: id }: Answer, resource = world.product.mcpResource): Promise<Answer> =>
  post('/oauth/token', agent, { grant_type: grantType, auth_req_id: String(id), resource });

/** Asks on while it is said to ask later. */
async function pollOn(agent: Agent, asked: Answer): Promise<Answer> {
  let answer: Answer = {};
  const open = async (): Promise<boolean> => {
    answer = await poll(agent, asked);
    return answer.error === 'authorization_pending' || answer.error === 'slow_down';
  };
  await expect.poll(open, { interval: 1_000, timeout: 30_000 }).toBe(false);
  return answer;
}

/** What an approver sees of it. */
async function shown(requestId: string) {
  const { request, now, timeline } = (await world.admin.get(`/api/requests/${requestId}`)).body as {
    request: { expires_at: string };
    now: string;
    timeline: { type: string; data: Record<string, unknown> }[];
  };
  return { leftMs: Date.parse(request.expires_at) - Date.parse(now), timeline };
}

/** The request that waits for an approver. */
async function waitingOf({ clientId }: Agent): Promise<string> {
  const row = await world.product.ownerDb
    .selectFrom('scope_requests')
    .select('request_id')
    .where('client_id', '=', clientId)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
  return row.request_id;
}

describe('an agent in the background', () => {
  test('waits for the same decision as anybody, and gets its token with the next question', async () => {
    const agent = await newAgent();
    const asked = await ask(agent, 'none execute:commands', { binding_message: 'The nightly restart.' });
    expect(asked).toMatchObject({ auth_req_id: expect.any(String) as string, expires_in: 3_600 });
    const polled = await Promise.all([poll(agent, asked), poll(agent, asked)]);
    expect(polled.map(({ error }) => error).sort()).toEqual(['authorization_pending', 'slow_down']);
    const requestId = await waitingOf(agent);
    const detail = await world.admin.get(`/api/requests/${requestId}`);
    expect(JSON.stringify(detail.body)).toContain('The nightly restart.');
    await world.decide(requestId, 'approve');
    const tokens = await poll(agent, asked);
    expect(decodeJwt(String(tokens['access_token']))).toMatchObject({
      sub: await world.subjectOf(person),
      client_id: agent.clientId,
      aud: world.product.mcpResource,
      scope: 'none execute:commands',
      sid: expect.any(String) as string,
    });
    expect(await poll(agent, asked)).toMatchObject({ error: 'invalid_grant' });
    // Held now: nobody is asked again.
    const again = await ask(agent, 'none execute:commands');
    expect(String((await poll(agent, again))['scope']).split(' ')).toContain('execute:commands');
  });

  test('is told why it was denied, and again within the cool-down', async () => {
    const agent = await newAgent();
    const asked = await ask(agent, 'none execute:commands');
    await world.decide(await waitingOf(agent), 'deny');
    const denied = { error: 'access_denied', error_description: expect.stringContaining('Not “today”.') as string };
    expect(await poll(agent, asked)).toMatchObject(denied);
    expect(await poll(agent, await ask(agent, 'none execute:commands'))).toMatchObject(denied);
  });

  test('waits no longer than it says, and neither do approvers', async () => {
    const agent = await newAgent();
    expect(await ask(agent, 'none execute:commands', { requested_expiry: '90' })).toMatchObject({ expires_in: 90 });
    const { leftMs, timeline } = await shown(await waitingOf(agent));
    expect(leftMs).toBeGreaterThan(60_000);
    expect(leftMs).toBeLessThanOrEqual(90_000);
    expect(timeline.find(({ type }) => type === 'request.created')?.data).toMatchObject({ via: 'background_request' });
  });

  test('leaves approvers a minute, whatever it says itself, and may come back for their decision', async () => {
    const agent = await newAgent();
    const asked = await ask(agent, 'none execute:commands', { requested_expiry: '3' });
    expect(asked).toMatchObject({ expires_in: 3 });
    const requestId = await waitingOf(agent);
    const { leftMs } = await shown(requestId);
    expect(leftMs).toBeGreaterThan(10_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    await expect.poll(async () => (await poll(agent, asked)).error, { timeout: 15_000 }).toBe('expired_token');
    // Nobody has been asked in vain: it joins what waits.
    const again = await ask(agent, 'none execute:commands');
    expect(await poll(agent, again)).toMatchObject({ error: 'authorization_pending' });
    expect(await waitingOf(agent)).toBe(requestId);
    await world.decide(requestId, 'approve');
    expect((await pollOn(agent, again))['scope']).toBe('none execute:commands');
  });

  test('waits no longer than policy lets it, whatever it says', async () => {
    const agent = await newAgent();
    await ask(agent, 'none admin:users');
    const requestId = await waitingOf(agent);
    expect((await shown(requestId)).leftMs).toBeLessThanOrEqual(2_000);
    const status = async () => (await world.admin.get(`/api/status/${requestId}`)).body;
    await expect.poll(status, { timeout: 15_000 }).toMatchObject({ status: 'expired' });
  });

  test('gets at once also what policy would let wait for less than the agent', async () => {
    const agent = await newAgent();
    const tokens = await poll(agent, await ask(agent, 'none read:files', { requested_expiry: '86400' }));
    expect(tokens['scope']).toBe('none read:files');
  });

  test('gets what was approved again, where only the rest was left out', async () => {
    const agent = await newAgent();
    const both = 'none admin:system execute:commands';
    const asked = await ask(agent, both);
    const requestId = await waitingOf(agent);
    const part = { scopes: ['execute:commands'] };
    expect(await world.admin.post(`/api/approve/${requestId}`, part)).toMatchObject({ status: 200 });
    expect((await poll(agent, asked))['scope']).toBe('none execute:commands');
    expect((await poll(agent, await ask(agent, both)))['scope']).toBe('none execute:commands');
    const alone = await poll(agent, await ask(agent, 'none admin:system'));
    expect(alone).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringMatching(/^admin:system was left out of what was approved/) as string,
    });
    expect(await waitingOf(agent)).toBe(requestId);
  });

  test('waits for what its person confirms, and nothing leads them to a page that could not answer it', async () => {
    const email = 'admin@example.com';
    const agent = await newAgent({ email });
    const resource = `${world.product.issuer}/api`;
    const asked = await ask(agent, 'approve:requests', { login_hint: email, resource });
    const requestId = await waitingOf(agent);
    const { requests } = (await world.admin.get('/api/requests?limit=5')).body as { requests: unknown[] };
    expect(requests).toContainEqual(expect.objectContaining({ request_id: requestId, waiting_url: null }));
    expect((await world.admin.get(`/api/consents/${requestId}`)).body).toMatchObject({ return_url: null });
    expect((await world.admin.post(`/api/consents/${requestId}`, { decision: 'allow' })).status).toBe(200);
    expect((await world.admin.get(`/api/consents/${requestId}`)).body).toMatchObject({
      request: { status: 'approved' },
      return_url: null,
    });
    expect(String((await poll(agent, asked, resource))['scope'])).toContain('approve:requests');
  });

  test('gets at once what policy grants at once, and keeps working where it asks to', async () => {
    const agent = await newAgent();
    const tokens = await poll(agent, await ask(agent, 'offline_access none read:files'));
    expect(String(tokens['scope'])).toContain('read:files');
    const renewed = await post('/oauth/token', agent, {
      grant_type: 'refresh_token',
      refresh_token: String(tokens['refresh_token']),
    });
    expect(renewed['access_token']).toBeTruthy();
  });

  test('is told what to send where policy demands a reason', async () => {
    const agent = await newAgent();
    expect(await poll(agent, await ask(agent, 'none read:user-data'))).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringContaining('binding_message') as string,
    });
  });

  test('ends with the person’s consent, also while it waits', async () => {
    const agent = await newAgent();
    const asked = await ask(agent, 'none execute:commands');
    const page = await signedIn(world.product.chatUrl, person);
    expect((await page.post(`/api/access/connections/${agent.clientId}/disconnect`)).status).toBe(200);
    expect((await poll(agent, asked)).error).toMatch(/^(access_denied|invalid_grant)$/);
    expect(await ask(agent, 'none')).toMatchObject({ error: 'unknown_user_id' });
  });
});

describe('is refused', () => {
  test('for a person who has not let the client stay connected, and for nobody, all alike', async () => {
    const unasked = await newAgent({ consent: 'none' });
    const online = await newAgent({ consent: 'online' });
    const answers = [
      await ask(unasked, 'none'),
      await ask(online, 'none'),
      await ask(await newAgent(), 'none', { login_hint: 'nobody@example.com' }),
      await ask(await newAgent(), 'none', { login_hint: 'admin@example.com' }),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ error: 'unknown_user_id' });
  });

  test('to a client that the owner has not let do it, with a wrong secret, or once it is removed', async () => {
    expect((await ask(await newAgent({ background: false }), 'none')).error).toBe('invalid_request');
    const agent = await newAgent();
    expect((await ask({ ...agent, secret: 'wrong' }, 'none')).error).toBe('invalid_client');
    expect((await ask({ ...agent, secret: '' }, 'none')).error).toMatch(/^invalid_/);
    const { access_token: token } = await poll(agent, await ask(agent, 'none'));
    const use = async (): Promise<number> => {
      const headers = { ...mcpClientHeaders, authorization: `Bearer ${String(token)}` };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
      return (await fetch(world.product.mcpResource, { method: 'POST', headers, body })).status;
    };
    expect(await use()).toBe(200);
    expect(await removeRegisteredClient(world.product.ownerDb, agent.clientId)).toBe(true);
    expect(await use()).toBe(401);
    expect((await ask(agent, 'none')).error).toBe('invalid_client');
  });

  test('to whoever registers for it', async () => {
    const response = await world.clients.register({
      redirect_uris: undefined,
      grant_types: [grantType],
      backchannel_token_delivery_mode: 'poll',
    });
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_client_metadata' }]);
  });

  test('with another client’s request, hints of other kinds, or a message of many lines', async () => {
    const agent = await newAgent();
    const asked = await ask(agent, 'none');
    expect(await poll(await newAgent(), asked)).toMatchObject({ error: 'invalid_grant' });
    const token = { login_hint: '', login_hint_token: 'a token' };
    expect((await ask(agent, 'none', token)).error).toBe('invalid_request');
    expect((await ask(agent, 'none', { request_context: '{}' })).error).toBe('invalid_request');
    expect((await ask(agent, 'none', { binding_message: 'one\ntwo' })).error).toBe('invalid_binding_message');
    expect((await ask(agent, 'none', { resource: 'https://other.example/mcp' })).error).toBe('invalid_target');
  });
});

test('the metadata promise polling alone, and no codes of people', async () => {
  for (const document of ['oauth-authorization-server', 'openid-configuration']) {
    const response = await fetch(`${world.product.issuer}/.well-known/${document}`);
    expect(await response.json()).toMatchObject({
      backchannel_token_delivery_modes_supported: ['poll'],
      backchannel_user_code_parameter_supported: false,
    });
  }
});

test('the secret of a client is stored nowhere', async () => {
  const { clientId, secret } = await newAgent();
  const rows = await world.product.ownerDb.selectFrom('registered_clients').selectAll().execute();
  expect(rows.map(({ client_id: id }) => id)).toContain(clientId);
  expect(
    JSON.stringify(rows.map((row) => ({ ...row, secret_digest: row.secret_digest.toString('utf8') }))),
  ).not.toContain(secret);
});
