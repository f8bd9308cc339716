import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { listedClients } from '../../activities/store/client-listing.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { documentOf, startClientSite, type ClientSite } from '../support/client-documents.ts';
import {
  redirectUri,
  stayingSignedIn,
  thirdPartyClients,
  type ThirdPartyClients,
} from '../support/third-party-clients.ts';

let site: ClientSite;
let server: TestAuthServer;
let clients: ThirdPartyClients;
let made = 0;

beforeAll(async () => {
  site = await startClientSite();
  server = await startAuthServer({ clientDocuments: site.options });
  clients = thirdPartyClients(server);
});
afterAll(async () => {
  await server.stop();
  await site.stop();
});

/** The id of a new client, with its document in place. */
function newDocument(metadata: Record<string, unknown> = {}): string {
  const path = `/client-${(made += 1)}.json`;
  site.put(path, documentOf(`${site.origin}${path}`, metadata));
  return `${site.origin}${path}`;
}

/** What an authorization request of that client is answered: a page's status and text, never a redirect. */
async function refused(clientId: string): Promise<string> {
  const { address } = await clients.begin(await clients.documented(clientId));
  const response = await testBrowser().fetch(address.href);
  expect(response.headers.get('location')).toBeNull();
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  return response.text();
}

describe('a client that is known by its document', () => {
  test('is offered, shown with the host that vouches for it, and gets its tokens', async () => {
    const metadata = (await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()) as Record<
      string,
      unknown
    >;
    expect(metadata['client_id_metadata_document_supported']).toBe(true);

    const clientId = newDocument();
    const client = await clients.documented(clientId);
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const { text } = await clients.consentPage(browser, (await clients.begin(client)).address);
    expect(text).toContain(`Let ${new URL(clientId).host} act for you?`);
    expect(text).toContain('A documented client');
    expect(text).toContain('Nobody here has verified it');

    const { tokens } = await clients.connect('user@example.com', client, {
      ...stayingSignedIn,
      scope: 'offline_access none',
    });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      client_id: clientId,
      aud: server.mcpResource,
      scope: 'none',
    });
    const next = await oauth.refreshTokenGrant(client, tokens.refresh_token ?? '', { resource: server.mcpResource });
    expect(next.refresh_token).toBeTruthy();
  });

  test('is looked up once for a while, however often it asks', async () => {
    const clientId = newDocument();
    const client = await clients.documented(clientId);
    await clients.connect('user@example.com', client);
    await clients.connect('demo@example.com', client);
    expect(site.asked.filter((path) => clientId.endsWith(path))).toHaveLength(1);
  });

  test('has nothing else fetched for it, however often it is named and whatever its document names', async () => {
    const others = [site.put('/sector.json', [redirectUri]), site.put('/keys.json', { keys: [] })];
    const clientId = newDocument({ sector_identifier_uri: others[0], jwks_uri: others[1], request_uris: others });
    for (let turn = 0; turn < 3; turn += 1) {
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'none', client_id: clientId });
      const answer = await fetch(`${server.issuer}/oauth/token`, { method: 'POST', body });
      expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
    }
    const registered = await clients.register({ sector_identifier_uri: others[0], jwks_uri: others[1] });
    expect(registered.status).toBe(201);
    expect(await registered.json()).not.toHaveProperty('sector_identifier_uri');
    expect(site.asked.filter((path) => path === '/sector.json' || path === '/keys.json')).toEqual([]);
  });

  test('may name scopes that there are not: they are left out', async () => {
    const client = await clients.documented(newDocument({ scope: 'openid offline_access read:files made:up' }));
    const { tokens } = await clients.connect('user@example.com', client);
    expect(tokens.access_token).toBeTruthy();
  });

  test('gets nothing once an admin has blocked it', async () => {
    const client = await clients.documented(newDocument());
    await clients.block(client);
    const browser = testBrowser();
    await signInWith(browser, server.issuer, 'user@example.com');
    const response = await browser.follow((await clients.begin(client)).address.href);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('unauthorized_client');
  });

  test('is answered in band when its document says so and somebody lets it act for them, not before', async () => {
    const clientId = newDocument({ countersign_authorization_errors: 'in_band' });
    const mode = async () =>
      (
        await server.ownerDb
          .selectFrom('client_states')
          .select('authorization_errors')
          .where('client_id', '=', clientId)
          .executeTakeFirst()
      )?.authorization_errors;
    const client = await clients.documented(clientId);
    await testBrowser().fetch((await clients.begin(client)).address.href);
    expect(await mode()).toBeUndefined();
    await clients.connect('user@example.com', client);
    expect(await mode()).toBe('in_band');
    expect(await refused(newDocument({ countersign_authorization_errors: 'loudly' }))).toContain(
      'challenge or in_band',
    );
  });

  test('gets its answer only where its document says', async () => {
    const client = await clients.documented(newDocument());
    const { address } = await clients.begin(client, { redirect_uri: 'https://evil.example/callback' });
    const response = await testBrowser().fetch(address.href);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });
});

describe('what is not taken for a client', () => {
  test('a document that names another client', async () => {
    site.put('/mine.json', documentOf(`${site.origin}/yours.json`));
    expect(await refused(`${site.origin}/mine.json`)).toContain('does not match');
  });

  test.each([
    [{ client_secret: 'a secret' }],
    [{ client_secret_expires_at: 0 }],
    [{ token_endpoint_auth_method: 'client_secret_basic' }],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } }],
    [{ redirect_uris: ['javascript:alert(1)'] }],
    [{ redirect_uris: [] }],
    [{ grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] }],
    [{ client_uri: 'http://client.test' }],
    [{ client_name: 'x'.repeat(201) }],
  ])('a document with %o', async (metadata) => {
    const text = await refused(newDocument(metadata));
    expect(text).toMatch(/invalid_client|invalid_redirect_uri/);
  });

  test('a document that is no object, no JSON, too large, somewhere else, or not there', async () => {
    site.put('/list.json', []);
    site.put('/broken.json', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{');
    });
    site.put('/away.json', (_request, response) => {
      response.writeHead(302, { location: newDocument() }).end();
    });
    site.put('/page.json', (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(JSON.stringify(documentOf(`${site.origin}/page.json`)));
    });
    const huge = newDocument({ client_name: 'x', contacts: ['y'.repeat(6_000)] });
    const asked = ['/list.json', '/broken.json', '/away.json', '/page.json', '/nothing.json'];
    for (const id of [huge, ...asked.map((path) => `${site.origin}${path}`)]) {
      expect(await refused(id)).toContain('invalid_client');
    }
  });

  test.each([
    ['in capitals', (id: string) => id.replace('https', 'HTTPS')],
    ['with a host in capitals', (id: string) => id.replace('client.test', 'Client.test')],
    ['that is very long', (id: string) => `${id}${'x'.repeat(1_000)}`],
    ['with an escape that is none', (id: string) => `${id}\u00e9`],
    ['with a query', (id: string) => `${id}?one`],
    ['with an empty query', (id: string) => `${id}?`],
  ])('an id %s, which is not even fetched', async (_what, spelt) => {
    const path = `/client-${(made += 1)}.json`;
    const id = spelt(`${site.origin}${path}`);
    const { pathname, search } = new URL(id);
    site.put(pathname + search, documentOf(id));
    expect(await refused(id)).toContain('invalid_client');
    expect(site.asked.filter((asked) => asked.startsWith(path))).toEqual([]);
  });

  test.each([
    'http://client.test/client.json',
    'https://client.test/../client.json',
    'https://client.test/client.json#x',
  ])('the id %s', async (id) => {
    expect(await refused(id)).toContain('invalid_client');
  });

  test('an address in the operator’s own network, whatever its name', async () => {
    for (const id of [
      'https://intranet.test/client.json',
      'https://127.0.0.1/client.json',
      `https://client.test:1/c`,
    ]) {
      const before = site.asked.length;
      expect(await refused(id)).toContain('invalid_client');
      expect(site.asked).toHaveLength(before);
    }
  });
});

test('naming a client over and over has its site asked once, whether anybody lets it act for them or not', async () => {
  const gone = [`${site.origin}/gone-1.json`, `${site.origin}/gone-2.json`] as const;
  const subject = await server.subjectOf('user@example.com');
  await recordConsent(server.db, { subject, clientId: gone[0] }, new Date(), { offline: true, name: null });
  for (const id of gone) {
    for (let tries = 0; tries < 5; tries += 1) expect(await refused(id)).toContain('invalid_client');
    expect(site.asked.filter((path) => id.endsWith(path))).toHaveLength(1);
  }
});

test('who has documents fetched over and over is slowed down', async () => {
  let answer = '';
  for (let tries = 0; tries < 100 && !answer.includes('temporarily_unavailable'); tries += 1) {
    answer = await refused(`${site.origin}/flood-${tries}.json`);
  }
  expect(answer).toContain('try again in');

  // A client that somebody lets act for them is looked up all the same; not without end.
  const clientId = newDocument();
  const subject = await server.subjectOf('user@example.com');
  await recordConsent(server.db, { subject, clientId }, new Date(), { offline: true, name: null });
  const browser = testBrowser();
  await signInWith(browser, server.issuer, 'user@example.com');
  const { address } = await clients.begin(await clients.documented(clientId));
  expect((await browser.follow(address.href)).headers.get('location')).toContain('code=');
  expect(await refused(`${site.origin}/flood-again.json`)).toContain('temporarily_unavailable');
});

test('admins are shown every client that somebody lets act for them or that was granted anything, however its id is spelt', async () => {
  const [consented, granted] = ['HTTPS://odd.example/c.json', 'ODD:client'];
  const subject = await server.subjectOf('user@example.com');
  await recordConsent(server.db, { subject, clientId: consented }, new Date(), { offline: true, name: 'Odd' });
  await server.grant({ email: 'user@example.com', clientId: granted, scopes: ['read:files'] });
  const listed = await listedClients(server.db, { limit: 200 }, new Date());
  expect(listed).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ clientId: consented, name: 'Odd', used: true }),
      expect.objectContaining({ clientId: granted, name: null, used: true }),
    ]),
  );
});
