import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import {
  redirectUri,
  stayingSignedIn,
  thirdPartyClients,
  type ThirdPartyClients,
} from '../support/third-party-clients.ts';

let server: TestAuthServer;
let clients: ThirdPartyClients;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
});
afterAll(() => server.stop());

describe('a client that nobody knows yet', () => {
  test('is shown with what is known about it, and gets a code and a token without power', async () => {
    const client = await clients.newClient({ client_name: 'Evil <b>\u202Egnp.exe</b>' });
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { address, checks } = await clients.begin(client);
    const { url, text } = await clients.consentPage(browser, address);
    expect(text).toContain('Nobody has verified who it is');
    expect(text).toContain('user@example.com');
    expect(text).toContain('127.0.0.1:9123');
    expect(text).not.toContain('<b>');
    expect(text).not.toContain('\u202E');
    const callback = await clients.onwards(browser, await clients.answer(browser, url, 'allow'));
    expect(callback.searchParams.get('iss')).toBe(server.issuer);
    const tokens = await oauth.authorizationCodeGrant(client, callback, checks, { resource: server.mcpResource });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: await server.subjectOf('user@example.com'),
      client_id: client.clientMetadata().client_id,
      aud: server.mcpResource,
      scope: 'none',
    });
    expect(tokens.refresh_token).toBeUndefined();
    const audited = await server.db
      .selectFrom('audit_events')
      .select('type')
      .where('client_id', '=', client.clientMetadata().client_id)
      .execute();
    expect(audited.map(({ type }) => type)).toContain('client.consented');
  });

  test('cannot close the quotation marks around its name', async () => {
    const name = 'Countersign chat” — verified by your administrator. “Bob’s "app" « » ″';
    const client = await clients.newClient({ client_name: name });
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { text } = await clients.consentPage(browser, (await clients.begin(client)).address);
    expect(text).toContain(
      '“Countersign chat&#39; — verified by your administrator. &#39;Bob’s &#39;app&#39; &#39; &#39; &#39;”',
    );
    expect(text).not.toContain('chat”');
  });

  test('is asked about once for each person', async () => {
    const client = await clients.newClient();
    const { browser } = await clients.connect('user@example.com', client);
    const again = await browser.follow((await clients.begin(client)).address.href);
    expect(again.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:9123\/callback\?code=/);
    const other = testBrowser();
    await signInWith(other, server.issuer, 'demo@example.com');
    expect((await clients.consentPage(other, (await clients.begin(client)).address)).text).toContain(
      'Nobody has verified',
    );
  });

  test('is asked about again when it asks for that, and before it may stay connected', async () => {
    const client = await clients.newClient();
    const { browser, tokens } = await clients.connect('user@example.com', client);
    expect(tokens.refresh_token).toBeUndefined();
    const again = await clients.consentPage(browser, (await clients.begin(client, { prompt: 'consent' })).address);
    expect(again.text).toContain('it asks again');
    await clients.onwards(browser, await clients.answer(browser, again.url, 'allow'));

    const { address, checks } = await clients.begin(client, stayingSignedIn);
    const staying = await clients.consentPage(browser, address);
    expect(staying.text).toContain('asks to stay connected');
    const callback = await clients.onwards(browser, await clients.answer(browser, staying.url, 'allow'));
    const stays = await oauth.authorizationCodeGrant(client, callback, checks, { resource: server.mcpResource });
    expect(stays.refresh_token).toBeTruthy();
    // Stock clients send `prompt=consent` with every `offline_access`: having agreed to that once is enough.
    const silent = await browser.follow((await clients.begin(client, stayingSignedIn)).address.href);
    expect(silent.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:9123\/callback\?code=/);
  });

  test('is told when the person does not want it, which is audited and asked again next time', async () => {
    const client = await clients.newClient();
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { url } = await clients.consentPage(browser, (await clients.begin(client)).address);
    const callback = await clients.onwards(browser, await clients.answer(browser, url, 'refuse'));
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error: 'access_denied', iss: server.issuer });
    expect((await clients.consentPage(browser, (await clients.begin(client)).address)).text).toContain(
      'Nobody has verified',
    );
  });

  test('may leave the scope out: it gets none', async () => {
    const client = await clients.newClient();
    const { tokens } = await clients.connect('user@example.com', client, { scope: '' });
    expect(tokens.scope).toBe('none');
  });

  test('may listen on any port of the loopback address (RFC 8252 section 7.3)', async () => {
    const client = await clients.newClient();
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { address } = await clients.begin(client, { redirect_uri: 'http://127.0.0.1:40404/callback' });
    expect((await clients.consentPage(browser, address)).text).toContain('127.0.0.1:40404');
  });
});

describe('refused at the consent page', () => {
  test('another site answering for the person', async () => {
    const client = await clients.newClient();
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { url } = await clients.consentPage(browser, (await clients.begin(client)).address);
    expect((await clients.answer(browser, url, 'allow', 'http://localhost:5001')).status).toBe(403);
    expect((await clients.answer(browser, url, 'perhaps')).status).toBe(400);
    expect((await clients.consentPage(browser, (await clients.begin(client)).address)).text).toContain(
      'Nobody has verified',
    );
  });

  test('another browser with the address of the page, and another person in the same browser', async () => {
    const client = await clients.newClient();
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { url } = await clients.consentPage(browser, (await clients.begin(client)).address);
    const thief = testBrowser();
    await signInWith(thief, server.issuer, 'admin@example.com');
    expect((await clients.answer(thief, url, 'allow')).status).toBe(400);
    await signInWith(browser, server.issuer, 'admin@example.com');
    expect((await clients.answer(browser, url, 'allow')).status).toBe(303);
    const rows = await server.db
      .selectFrom('client_consents')
      .select('subject')
      .where('client_id', '=', client.clientMetadata().client_id)
      .execute();
    expect(rows).toEqual([]);
  });

  test('an address that the client has not registered, without a redirect', async () => {
    const client = await clients.newClient();
    const { address } = await clients.begin(client, { redirect_uri: 'https://evil.example/callback' });
    const response = await testBrowser().fetch(address.href);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });
});

test('nobody is asked about a client that is blocked', async () => {
  const client = await clients.newClient();
  await clients.block(client);
  const browser = testBrowser();
  await signInWith(browser, server.issuer, 'user@example.com');
  const response = await browser.follow((await clients.begin(client)).address.href);
  const callback = new URL(response.headers.get('location') ?? '');
  expect(callback.searchParams.get('error')).toBe('unauthorized_client');
});

describe('a client that asks for power with its first request', () => {
  const asks = { scope: 'none execute:commands read:files' };

  async function asked(email: string, name: string | null = null) {
    const client = await clients.newClient({ client_name: 'Weather widget' });
    const { client_id: clientId } = client.clientMetadata();
    const unblocked = { blocked_at: null, blocked_by: null, block_reason: null };
    if (name !== null)
      await server.ownerDb
        .insertInto('client_states')
        .values({ client_id: clientId, name, ...unblocked })
        .execute();
    const browser = testBrowser();
    await signInWith(browser, server.issuer, email);
    const { address, checks } = await clients.begin(client, asks);
    const consent = await clients.consentPage(browser, address);
    const grants = async () =>
      (await server.db.selectFrom('grants').select('scopes').where('client_id', '=', clientId).execute()).length;
    const allow = async () => {
      const page = await clients.answer(browser, consent.url, 'allow');
      const onwards = /^\d; url=(.*)$/.exec(page.headers.get('refresh') ?? '')?.[1] ?? '';
      return { client, checks, browser, grants, ...(await clients.consentPage(browser, new URL(onwards))) };
    };
    return { consent, allow, client, checks, browser, grants };
  }

  test('says so on the page, each scope with its risk and what going on gives', async () => {
    const { consent } = await asked('admin@example.com');
    expect(consent.text).not.toContain('no permission');
    expect(consent.text).toMatch(/execute:commands \(critical risk\).*asked about it by itself/);
    expect(consent.text).toMatch(/read:files \(low risk\).*you give it by going on/);
    expect(consent.text).toMatch(/nothing of high or critical risk without/);
    const other = await asked('user@example.com');
    expect(other.consent.text).toMatch(/execute:commands \(critical risk\).*An approver decides/);
  });

  test('goes on at once when an admin has said who it is', async () => {
    const { consent, browser } = await asked('admin@example.com', 'Our weather');
    const callback = await clients.onwards(browser, await clients.answer(browser, consent.url, 'allow'));
    expect(callback.searchParams.get('code')).toBeTruthy();
  });
});

test('an app on this computer gets no high or critical scope unseen, though it is held (RFC 8252 section 8.6)', async () => {
  const client = await clients.newClient();
  const { browser } = await clients.connect('user@example.com', client);
  const { client_id: clientId } = client.clientMetadata();
  await server.grant({ email: 'user@example.com', clientId, scopes: ['read:files', 'execute:commands'] });
  const silently = async (scope: string) => {
    const { address } = await clients.begin(client, {
      scope,
      prompt: 'none',
      redirect_uri: redirectUri.replace('9123', '9124'),
    });
    const { searchParams } = new URL((await browser.follow(address.href)).headers.get('location') ?? '');
    return [searchParams.get('error'), searchParams.has('code')];
  };
  expect(await silently('none read:files')).toEqual([null, true]);
  expect(await silently('none read:files execute:commands')).toEqual(['interaction_required', false]);
});
