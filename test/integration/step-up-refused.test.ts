import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testBrowser } from '../support/browser.ts';
import { signInAs, startStepUpWorld, type SteppingUp, type StepUpWorld } from '../support/step-up-world.ts';

let world: StepUpWorld;

beforeAll(async () => {
  world = await startStepUpWorld();
}, 60_000);
afterAll(() => world.product.stop());
afterEach(async () => {
  await world.admin.post('/api/freeze/lift', {});
});

const errorOf = (callback: URL): Record<string, string> => Object.fromEntries(callback.searchParams);
const commands = 'none execute:commands';
const continuing = (who: SteppingUp, waiting: string): Promise<Response> =>
  who.browser.fetch(`${world.product.issuer}/interaction/${waiting}/continue`);
const requestOf = async (who: SteppingUp, waiting: string): Promise<string> =>
  (await world.view(who.browser, waiting)).requests[0]?.request_id ?? '';

async function revokeGrantOf(requestId: string): Promise<void> {
  const { grant } = (await world.admin.get(`/api/status/${requestId}`)).body as { grant: { grant_id: string } };
  expect((await world.admin.post(`/api/grants/${grant.grant_id}/revoke`, {})).status).toBe(200);
}

describe('somebody else', () => {
  test.each(['demo@example.com', 'admin@example.com'])('%s neither sees nor does anything with it', async (email) => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    const requestId = await requestOf(who, waiting);
    const other = await signInAs(world, testBrowser(), email);
    const { issuer } = world.product;
    expect((await other.fetch(`${issuer}/api/step-ups/${waiting}`)).status).toBe(404);
    expect((await world.post(other, `${waiting}/justification`, { justification: 'Mine now' })).status).toBe(404);
    expect((await world.post(other, `${waiting}/cancel`)).status).toBe(404);
    expect((await other.fetch(`${issuer}/interaction/${waiting}/continue`)).status).toBe(404);
    // In the same browser as well.
    await world.decide(requestId, 'approve');
    await signInAs(world, who.browser, email);
    const response = await continuing(who, waiting);
    expect(response.status).toBe(404);
    expect(response.headers.get('refresh')).toBeNull();
  });

  test('nobody signed in is sent to sign in, and comes back to the waiting page', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    const stranger = testBrowser();
    const { issuer } = world.product;
    const response = await stranger.fetch(`${issuer}/interaction/${waiting}/continue`);
    expect(response.headers.get('location')).toBe(`/sign-in?return_to=${encodeURIComponent(`/waiting/${waiting}`)}`);
    expect((await stranger.fetch(`${issuer}/waiting/${waiting}`)).headers.get('location')).toContain('/sign-in');
    expect((await stranger.fetch(`${issuer}/api/step-ups/${waiting}`)).status).toBe(401);
  });

  test('another site posts nothing in their name', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    const elsewhere = world.product.chatUrl;
    const justified = await world.post(who.browser, `${waiting}/justification`, { justification: 'x' }, elsewhere);
    expect(justified.status).toBe(403);
    expect((await world.post(who.browser, `${waiting}/cancel`, {}, elsewhere)).status).toBe(403);
    expect(await world.view(who.browser, waiting)).toMatchObject({
      status: 'waiting',
      requests: [{ justification: null, status: 'pending' }],
    });
  });
});

describe('going on', () => {
  test('before there is an answer leads back to the page', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    expect((await continuing(who, waiting)).headers.get('location')).toBe(`/waiting/${waiting}`);
  });

  test('twice gives one code', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    const callback = await world.goOn(who.browser, waiting);
    expect((await continuing(who, waiting)).headers.get('location')).toBe(`/waiting/${waiting}?from=continue`);
    await world.token(who, callback, checks);
    await expect(world.token(who, callback, checks)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('in two tabs at once: the second says that it has ended, and what was decided stands', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    await expect.poll(async () => (await world.view(who.browser, waiting)).status).toBe('granted');
    const [first, second] = [await continuing(who, waiting), await continuing(who, waiting)];
    const callback = await world.clients.onwards(who.browser, first);
    const late = await who.browser.fetch(/^\d; url=(.*)$/.exec(second.headers.get('refresh') ?? '')?.[1] ?? '');
    expect(late.status).toBe(400);
    const page = await late.text();
    expect(page).toContain('<h1>This sign-in has ended</h1>');
    expect(page).toContain('finished in another tab. Nothing is lost, and what was decided stands.');
    expect(page).not.toContain('invalid_request');
    expect(await world.token(who, callback, checks)).toBe('execute:commands none');
  });

  test('with the way of another client of the same person answers neither', async () => {
    const one = await world.connected();
    const { waiting } = await world.authorize(one, commands);
    await world.decide(await requestOf(one, waiting), 'approve');
    const two = { ...(await world.connected('user@example.com', { client_name: 'Another' })), browser: one.browser };
    expect((await world.authorize(two, commands)).waiting).not.toBe('');
    // The other client’s cookie, sent to the address of the first one’s.
    const cookie = [...one.browser.cookies()].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${world.product.issuer}/interaction/${waiting}/continue`, {
      headers: { cookie },
      redirect: 'manual',
    });
    expect(response.headers.get('location')).toBe(`/waiting/${waiting}?from=continue`);
  });

  test('after the grant was revoked: access_denied, not a code', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    const requestId = await requestOf(who, waiting);
    await world.decide(requestId, 'approve');
    await revokeGrantOf(requestId);
    expect(errorOf(await world.goOn(who.browser, waiting))).toMatchObject({
      error: 'access_denied',
      error_description: 'execute:commands was approved, but the grant has ended since',
    });
  });

  test('after an admin blocked the client: unauthorized_client, and nobody is asked about it again', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    await world.clients.block(who.client);
    expect(errorOf(await world.goOn(who.browser, waiting))['error']).toBe('unauthorized_client');
    expect(errorOf((await world.authorize(who, commands)).callback)['error']).toBe('unauthorized_client');
  });

  test('after the person was disabled: their session and what they asked for have ended', async () => {
    const who = await world.connected('manager@example.com');
    const { waiting } = await world.authorize(who, commands);
    const requestId = await requestOf(who, waiting);
    const subject = await world.subjectOf('manager@example.com');
    const disabled = await world.admin.post(`/api/people/${subject}/disable`, { reason: 'test' });
    expect(disabled.status, JSON.stringify(disabled.body)).toBe(200);
    expect((await continuing(who, waiting)).headers.get('location')).toContain('/sign-in');
    expect((await world.admin.get(`/api/status/${requestId}`)).body['status']).toBe('cancelled');
    await world.admin.post(`/api/people/${subject}/enable`, {});
  });
});

describe('while grants are frozen', () => {
  test('what is had at once is not granted, and the client is told to try later', async () => {
    const who = await world.connected();
    await world.admin.post('/api/freeze', { reason: 'An incident' });
    const { callback } = await world.authorize(who, 'none read:files');
    expect(errorOf(callback)['error']).toBe('temporarily_unavailable');
    expect(errorOf(callback)['error_description']).toContain('An incident');
  });

  test('what was approved before does not count', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    await world.admin.post('/api/freeze', { reason: 'An incident' });
    expect(errorOf(await world.goOn(who.browser, waiting))['error_description']).toContain('grants are frozen');
  });
});

describe('the client that cannot be answered any more', () => {
  test('its sign-in took too long: the page says so, and the next attempt finds what was granted', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    await world.product.ownerDb.deleteFrom('oidc_payloads').where('model', '=', 'Interaction').execute();
    await world.decide(await requestOf(who, waiting), 'approve');
    expect(await world.view(who.browser, waiting)).toMatchObject({ status: 'granted', way_back: 'lapsed' });
    expect((await continuing(who, waiting)).headers.get('location')).toBe(`/waiting/${waiting}?from=continue`);
    const again = await world.authorize(who, commands);
    expect(await world.token(who, again.callback, again.checks)).toBe('execute:commands none');
  });

  test('somebody else signed in to the browser in between: the provider would refuse, the page says what holds', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    await signInAs(world, who.browser, 'demo@example.com');
    // An authorization request of theirs ends the provider’s session of the first.
    await world.authorize(who, 'none', { prompt: 'none' });
    await signInAs(world, who.browser, 'user@example.com');
    const { status, way_back: wayBack } = await world.view(who.browser, waiting);
    expect([status, wayBack === 'lapsed' || wayBack === 'elsewhere']).toEqual(['granted', true]);
    expect((await continuing(who, waiting)).headers.get('location')).toBe(`/waiting/${waiting}?from=continue`);
    const again = await world.authorize(who, commands);
    expect(await world.token(who, again.callback, again.checks)).toBe('execute:commands none');
  });

  test('the person opens the page elsewhere', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, commands);
    await world.decide(await requestOf(who, waiting), 'approve');
    const elsewhere = await signInAs(world, testBrowser(), 'user@example.com');
    expect(await world.view(elsewhere, waiting)).toMatchObject({ status: 'granted', way_back: 'elsewhere' });
    const other = await elsewhere.fetch(`${world.product.issuer}/interaction/${waiting}/continue`);
    expect(other.headers.get('location')).toBe(`/waiting/${waiting}?from=continue`);
    expect((await world.goOn(who.browser, waiting)).searchParams.get('code')).not.toBeNull();
  });
});

test('what has been decided cannot be withdrawn or explained any more', async () => {
  const who = await world.connected();
  const { waiting } = await world.authorize(who, commands);
  await world.decide(await requestOf(who, waiting), 'approve');
  expect((await world.post(who.browser, `${waiting}/cancel`)).status).toBe(409);
  expect((await world.post(who.browser, `${waiting}/justification`, { justification: 'late' })).status).toBe(409);
});

test('a client is shown without what its name hides, and its answer page escapes it', async () => {
  const who = await world.connected('user@example.com', { client_name: '<img src=x>\u202Egnp.exe' });
  const { waiting } = await world.authorize(who, commands);
  expect((await world.view(who.browser, waiting)).client.name).toBe('<img src=x>\uFFFDgnp.exe');
  await world.decide(await requestOf(who, waiting), 'approve');
  const page = await (await continuing(who, waiting)).text();
  expect(page).not.toContain('<img');
  expect(page).not.toContain('\u202E');
  expect(page).toContain('The access is granted all the same');
});

test('a client that names ever other scopes fills no queue', async () => {
  const who = await world.connected();
  const subject = await world.subjectOf('user@example.com');
  const row = { subject, client_id: who.clientId, session_id: null, scopes: ['admin:system'], tool_args: null };
  await world.product.ownerDb
    .insertInto('scope_requests')
    .values(
      Array.from({ length: 10 }, (_, n) => ({
        ...row,
        ...{ request_id: `req_flood_${who.clientId}_${n}`, tool_name: `tool_${n}`, justification: null },
        ...{ digest: `${n}`, dedupe_key: `${who.clientId} ${n}` },
      })),
    )
    .execute();
  const { callback } = await world.authorize(who, commands);
  expect(errorOf(callback)).toMatchObject({ error: 'temporarily_unavailable' });
  expect(errorOf(callback)['error_description']).toContain('10 requests of this client wait already');
});

test('what began, was withdrawn and was answered is recorded, once each', async () => {
  const who = await world.connected();
  const { waiting } = await world.authorize(who, commands);
  const requestId = await requestOf(who, waiting);
  for (let n = 0; n < 2; n += 1) expect((await world.post(who.browser, `${waiting}/cancel`)).status).toBe(200);
  expect(errorOf(await world.goOn(who.browser, waiting))['error']).toBe('access_denied');
  const entries = await world.product.ownerDb
    .selectFrom('audit_events')
    .select(['type', 'actor', 'data'])
    .where('client_id', '=', who.clientId)
    .where('type', 'in', ['step_up.begun', 'step_up.withdrawn', 'step_up.finished'])
    .orderBy('position')
    .execute();
  const of = { actor: await world.subjectOf('user@example.com'), data: { request_ids: [requestId] } };
  expect(entries).toEqual(['step_up.begun', 'step_up.withdrawn', 'step_up.finished'].map((type) => ({ type, ...of })));
});
