import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addNotes } from '../support/notes-resource.ts';
import { startStepUpWorld, type SteppingUp, type StepUpWorld } from '../support/step-up-world.ts';

let world: StepUpWorld;

beforeAll(async () => {
  world = await startStepUpWorld();
}, 60_000);
afterAll(() => world.product.stop());

const errorOf = (callback: URL): Record<string, string> => Object.fromEntries(callback.searchParams);

describe('what policy grants the person at once, through a client that nobody has verified', () => {
  const asks = 'none execute:commands read:files';

  test('waits for them to confirm by itself what is high or critical, and their word is the code', async () => {
    const who = await world.connected('admin@example.com');
    const { waiting, checks } = await world.authorize(who, asks);
    const asked = await world.view(who.browser, waiting);
    expect(asked).toMatchObject({
      status: 'waiting',
      scopes: [
        { scope: 'execute:commands', held: false, decided_by: 'self' },
        { scope: 'read:files', held: true },
      ],
    });
    const [request] = asked.requests.filter(({ status }) => status === 'pending');
    // What the page before took for an answer is none here.
    const interaction = `${world.product.issuer}/interaction/${waiting}`;
    expect((await world.clients.answer(who.browser, interaction, 'allow')).status).toBe(400);
    expect((await world.clients.answer(who.browser, interaction, 'grant')).status).toBe(400);
    expect(await consent(who, request?.request_id, 'allow', 'https://evil.example')).toBe(403);
    expect((await world.view(who.browser, waiting)).status).toBe('waiting');
    expect(await consent(who, request?.request_id, 'allow')).toBe(200);
    const callback = await world.goOn(who.browser, waiting);
    expect(await world.token(who, callback, checks)).toBe('execute:commands none read:files');
  });

  test('they refuse it, and it gets what is harmless alone', async () => {
    const who = await world.connected('admin@example.com');
    const { waiting, checks } = await world.authorize(who, asks);
    const [request] = (await world.view(who.browser, waiting)).requests.filter(({ status }) => status === 'pending');
    expect(await consent(who, request?.request_id, 'refuse')).toBe(200);
    expect(await world.token(who, await world.goOn(who.browser, waiting), checks)).toBe('none read:files');
  });

  test('waits for nobody when an admin has said who the client is', async () => {
    const who = await world.connected('admin@example.com');
    await world.admin.post(`/api/clients/${who.clientId}/name`, { name: 'Ours' });
    const { callback, checks } = await world.authorize(who, asks);
    expect(await world.token(who, callback, checks)).toBe('execute:commands none read:files');
  });

  async function consent(
    { browser }: SteppingUp,
    requestId: string | undefined,
    decision: 'allow' | 'refuse',
    origin: string = world.product.issuer,
  ): Promise<number> {
    const response = await browser.fetch(`${world.product.issuer}/api/consents/${requestId ?? ''}`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ decision }),
    });
    return response.status;
  }
});

describe('an authorization request for more than is held', () => {
  test('waits for an approver, and their approval is the code', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, 'none execute:commands');
    const asked = await world.view(who.browser, waiting);
    expect(asked).toMatchObject({
      status: 'waiting',
      justification: 'optional',
      way_back: 'open',
      client: {
        client_id: who.clientId,
        name: 'A desktop client',
        verified: false,
        answer_goes_to: expect.stringContaining('9123') as string,
      },
      scopes: [
        { scope: 'execute:commands', risk: 'critical', held: false, decided_by: 'approvers', approvers: ['admin'] },
      ],
    });
    await world.admin.post(`/api/clients/${who.clientId}/name`, { name: 'Ours' });
    expect((await world.view(who.browser, waiting)).client).toMatchObject({
      name: 'Ours',
      calls_itself: 'A desktop client',
      verified: true,
    });
    const [request] = asked.requests;
    await world.decide(request?.request_id, 'approve');
    const callback = await world.goOn(who.browser, waiting);
    expect(callback.searchParams.get('iss')).toBe(world.product.issuer);
    expect(await world.token(who, callback, checks)).toBe('execute:commands none');
    expect(await world.view(who.browser, waiting)).toMatchObject({ status: 'granted', way_back: 'finished' });
    expect((await world.audited(request?.request_id))[0]).toEqual({
      type: 'request.created',
      data: { via: 'authorization_request' },
    });
    // What is held now is not asked about again.
    const { callback: again } = await world.authorize(who, 'none execute:commands');
    expect(again.searchParams.get('code')).not.toBeNull();
  });

  test('denied: access_denied with the reason, which is repeated without asking again', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, 'none execute:commands');
    await world.decide((await world.view(who.browser, waiting)).requests[0]?.request_id, 'deny');
    expect(errorOf(await world.goOn(who.browser, waiting))).toMatchObject({
      error: 'access_denied',
      error_description: 'an approver denied execute:commands: Not “today”.',
      iss: world.product.issuer,
    });
    const { callback } = await world.authorize(who, 'none execute:commands');
    expect(errorOf(callback)['error']).toBe('access_denied');
    expect(errorOf(callback)['error_description']).toMatch(
      /^execute:commands was denied: Not “today”\. \(nobody is asked/,
    );
    const { requests } = (await world.admin.get(`/api/requests?client=${who.clientId}`)).body as {
      requests: unknown[];
    };
    expect(requests).toHaveLength(1);
    // What else is named goes its own way.
    const more = await world.authorize(who, 'none execute:commands read:files');
    expect(await world.token(who, more.callback, more.checks)).toBe('none read:files');
  });

  test('expired: access_denied that says so', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, 'none admin:users');
    expect(errorOf(await world.goOn(who.browser, waiting))).toMatchObject({
      error: 'access_denied',
      error_description: 'nobody decided about admin:users in time: the request has expired',
    });
  });

  test('withdrawn by the person: access_denied, and it may be asked again at once', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, 'none execute:commands');
    expect((await world.post(who.browser, `${waiting}/cancel`)).status).toBe(200);
    expect(await world.view(who.browser, waiting)).toMatchObject({
      status: 'withdrawn',
      requests: [{ status: 'cancelled' }],
    });
    expect(errorOf(await world.goOn(who.browser, waiting))).toMatchObject({
      error: 'access_denied',
      error_description: 'the person withdrew the request',
    });
    const again = await world.authorize(who, 'none execute:commands');
    expect(again.waiting).not.toBe('');
  });

  test('what policy grants at once is granted without a page', async () => {
    const who = await world.connected();
    const { callback, checks } = await world.authorize(who, 'none read:files');
    expect(await world.token(who, callback, checks)).toBe('none read:files');
  });

  test('what policy refuses comes back at once with its reason, and nothing beside it is granted', async () => {
    const who = await world.connected();
    const { callback } = await world.authorize(who, 'none read:files erase:user-data');
    expect(errorOf(callback)).toMatchObject({
      error: 'access_denied',
      error_description: 'Nothing is erased here.',
    });
    expect((await world.authorize(who, 'none')).callback.searchParams.get('code')).not.toBeNull();
    const { grants } = (await world.admin.get('/api/grants')).body as { grants: { client_id: string }[] };
    expect(grants.filter(({ client_id: id }) => id === who.clientId)).toEqual([]);
  });

  test('a part of it: the code is for what was granted, and the token says so', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, 'none read:files execute:commands');
    const asked = await world.view(who.browser, waiting);
    expect(asked.scopes.map(({ scope, held }) => [scope, held])).toEqual([
      ['read:files', true],
      ['execute:commands', false],
    ]);
    await world.decide(asked.requests[0]?.request_id, 'deny');
    const callback = await world.goOn(who.browser, waiting);
    expect(await world.token(who, callback, checks)).toBe('none read:files');
    // The rest was refused a moment ago: asked for alone it is refused again, not waited for.
    const again = await world.authorize(who, 'none read:files execute:commands');
    expect(errorOf(again.callback)['error']).toBe('access_denied');
  });

  test('approved in part by the approver: likewise, and the rest is not asked about again', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, 'none execute:commands admin:system');
    const id = (await world.view(who.browser, waiting)).requests[0]?.request_id ?? '';
    for (const scopes of [[], ['read:files'], ['admin:system', 'read:files']]) {
      expect((await world.admin.post(`/api/approve/${id}`, { scopes })).status).toBe(400);
    }
    const { status, body } = await world.admin.post(`/api/approve/${id}`, { scopes: ['execute:commands'] });
    expect(status).toBe(200);
    expect(body['grant']).toMatchObject({ scopes: ['execute:commands'] });
    expect((await world.audited(id)).map(({ type, data }) => [type, data['granted']])).toContainEqual([
      'request.approved',
      ['execute:commands'],
    ]);
    const callback = await world.goOn(who.browser, waiting);
    expect(await world.token(who, callback, checks)).toBe('execute:commands none');
    // The answer was a code for a part, and so it is again; alone, what was left out is refused.
    const again = await world.authorize(who, 'none execute:commands admin:system');
    expect(await world.token(who, again.callback, again.checks)).toBe('execute:commands none');
    const alone = await world.authorize(who, 'none admin:system');
    expect(errorOf(alone.callback)).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringMatching(/^admin:system was left out of what was approved/) as string,
    });
    const { requests } = (await world.admin.get(`/api/requests?client=${who.clientId}`)).body as {
      requests: unknown[];
    };
    expect(requests).toHaveLength(1);
    // What nobody answered makes it a refusal again, whatever is held.
    const asks = 'none execute:commands admin:system admin:users';
    const more = await world.authorize(who, asks);
    expect(errorOf(await world.goOn(who.browser, more.waiting))['error']).toBe('access_denied');
    expect(errorOf((await world.authorize(who, asks)).callback)['error']).toBe('access_denied');
  });

  test('without a page (prompt=none): interaction_required, and nobody is asked', async () => {
    const who = await world.connected();
    const { callback } = await world.authorize(who, 'none execute:commands', { prompt: 'none' });
    expect(errorOf(callback)['error']).toBe('interaction_required');
    const { requests } = (await world.admin.get(`/api/requests?client=${who.clientId}`)).body as {
      requests: unknown[];
    };
    expect(requests).toEqual([]);
  });

  test('a reload and a second tab join the request that waits; both are answered', async () => {
    const who = await world.connected();
    const one = await world.authorize(who, 'none execute:commands');
    const reload = await who.browser.fetch(`${world.product.issuer}/interaction/${one.waiting}`);
    expect(reload.headers.get('location')).toBe(`/waiting/${one.waiting}`);
    const listed = await who.browser.fetch(`${world.product.issuer}/api/requests?limit=5`);
    const { requests: own } = (await listed.json()) as { requests: { waiting_url: string | null }[] };
    expect(own[0]?.waiting_url).toBe(`${world.product.issuer}/waiting/${one.waiting}`);
    const two = await world.authorize(who, 'execute:commands none');
    expect(two.waiting).not.toBe(one.waiting);
    const [first, second] = [
      await world.view(who.browser, one.waiting),
      await world.view(who.browser, two.waiting),
    ].map(({ requests }) => requests.map(({ request_id: id }) => id));
    expect(second).toEqual(first);
    await world.decide(first?.[0], 'approve');
    for (const { waiting, checks } of [one, two]) {
      const callback = await world.goOn(who.browser, waiting);
      expect(await world.token(who, callback, checks)).toContain('execute:commands');
    }
  });
});

test('what comes to be held by another grant is waited for no longer, and nobody needs to decide it', async () => {
  const who = await world.connected();
  const one = await world.authorize(who, 'none execute:commands');
  const two = await world.authorize(who, 'none execute:commands admin:system');
  const idOf = async (waiting: string): Promise<string> =>
    (await world.view(who.browser, waiting)).requests[0]?.request_id ?? '';
  const first = await idOf(one.waiting);
  expect(await idOf(two.waiting)).not.toBe(first);
  await world.decide(await idOf(two.waiting), 'approve');
  expect(await world.token(who, await world.goOn(who.browser, one.waiting), one.checks)).toBe('execute:commands none');
  expect((await world.admin.get(`/api/status/${first}`)).body['status']).toBe('cancelled');
});

describe('the reason', () => {
  test('is added once to what waits, audited, and shown to whoever decides', async () => {
    const who = await world.connected();
    const { waiting } = await world.authorize(who, 'none execute:commands');
    const [request] = (await world.view(who.browser, waiting)).requests;
    const path = `${waiting}/justification`;
    expect((await world.post(who.browser, path, { justification: '  ' })).status).toBe(400);
    expect((await world.post(who.browser, path, { justification: 'The nightly build broke.' })).status).toBe(200);
    expect((await world.post(who.browser, path, { justification: 'Another one.' })).status).toBe(409);
    const shown = await world.admin.get(`/api/requests/${request?.request_id ?? ''}`);
    expect(shown.body).toMatchObject({
      request: { justification: 'The nightly build broke.' },
      client: { client_id: who.clientId, name: 'A desktop client', verified: false },
    });
    const listed = await world.admin.get('/api/requests?status=pending&limit=200');
    expect(listed.body['requests']).toContainEqual(
      expect.objectContaining({ request_id: request?.request_id, client: shown.body['client'] }),
    );
    const summary = await world.admin.get('/api/requests/summary');
    expect(summary.body['clients']).toContainEqual(
      expect.objectContaining({ value: who.clientId, name: 'A desktop client', verified: false }),
    );
    expect((await world.audited(request?.request_id)).map(({ type }) => type)).toContain('request.justified');
    await world.decide(request?.request_id, 'approve');
    expect((await world.goOn(who.browser, waiting)).searchParams.get('code')).not.toBeNull();
    const grants = await world.admin.get(`/api/grants?request_id=${request?.request_id ?? ''}`);
    expect(grants.body['grants']).toMatchObject([{ client: { name: 'A desktop client', verified: false } }]);
  });

  test('comes first where policy demands one: until then nobody is asked', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, 'none read:user-data');
    expect(await world.view(who.browser, waiting)).toMatchObject({
      status: 'unasked',
      justification: 'needed',
      requests: [],
    });
    const early = await who.browser.fetch(`${world.product.issuer}/interaction/${waiting}/continue`);
    expect(early.headers.get('location')).toBe(`/waiting/${waiting}`);
    await world.post(who.browser, `${waiting}/justification`, { justification: 'Support case 4711' });
    const asked = await world.view(who.browser, waiting);
    expect(asked).toMatchObject({ status: 'waiting', requests: [{ justification: 'Support case 4711' }] });
    await world.decide(asked.requests[0]?.request_id, 'approve');
    expect(await world.token(who, await world.goOn(who.browser, waiting), checks)).toBe('none read:user-data');
  });
});

test('a scope that was stepped up to is lost at its grant’s end, and only that one', async () => {
  const who = await world.connected();
  const staying = { prompt: 'consent' };
  const files = await world.authorize(who, 'openid offline_access none read:files', staying);
  await world.token(who, files.callback, files.checks);
  const { waiting, checks } = await world.authorize(
    who,
    'openid offline_access none read:files execute:commands',
    staying,
  );
  const [request] = (await world.view(who.browser, waiting)).requests;
  await world.decide(request?.request_id, 'approve');
  const callback = await world.goOn(who.browser, waiting);
  const { refreshToken, refresh } = await world.tokens(who, callback, checks);
  const next = await refresh(refreshToken);
  expect(next.scope).toBe('execute:commands none read:files');
  const { grant } = (await world.admin.get(`/api/status/${request?.request_id ?? ''}`)).body as {
    grant: { grant_id: string };
  };
  expect((await world.admin.post(`/api/grants/${grant.grant_id}/revoke`, {})).status).toBe(200);
  expect((await refresh(next.refreshToken)).scope).toBe('none read:files');
});

test('a scope of somebody else’s server is shown with that server’s name and address, to who waits and who decides', async () => {
  const notes = 'http://localhost:9123/notes';
  const who = await world.connected();
  await addNotes(world.product.ownerDb, notes);
  const { waiting } = await world.authorize(who, 'none write:notes', { resource: notes });
  const asked = await world.view(who.browser, waiting);
  const named = [{ scope: 'write:notes', server: { name: 'Notes', identifier: notes } }];
  expect(asked.scopes).toMatchObject(named);
  expect((await world.admin.get(`/api/requests/${asked.requests[0]?.request_id ?? ''}`)).body).toMatchObject({
    scopes: named,
  });
  const own = await world.authorize(who, 'none execute:commands');
  expect((await world.view(who.browser, own.waiting)).scopes).toMatchObject([
    { scope: 'execute:commands', server: null },
  ]);
});
