import type { ServerResponse } from 'node:http';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deleteOldClientDocuments, standInMs } from '../../activities/store/client-documents.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { documentOf, startClientSite, type ClientSite } from '../support/client-documents.ts';
import { stayingSignedIn, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

const minuteMs = 60_000;

let site: ClientSite;
let server: TestAuthServer;
let clients: ThirdPartyClients;
let made = 0;
/** How far the auth server's clock is ahead, and where it stands still. */
let aheadMs = 0;
let stoppedAt: number | undefined;

beforeAll(async () => {
  site = await startClientSite();
  server = await startAuthServer({
    clientDocuments: site.options,
    now: () => new Date((stoppedAt ?? Date.now()) + aheadMs),
  });
  clients = thirdPartyClients(server);
});
afterAll(async () => {
  await server.stop();
  await site.stop();
});
beforeEach(() => {
  aheadMs = 0;
  stoppedAt = undefined;
});

interface Connected {
  clientId: string;
  client: oauth.Configuration;
  /** A new access token by the newest refresh token. @throws as the token endpoint answers */
  refresh(): Promise<void>;
  /** Answers at the client's address from now on. */
  answer(how: Parameters<ClientSite['put']>[1]): void;
}

/** A client with a document of its own that somebody lets act for them. */
async function connected(metadata: Record<string, unknown> = {}): Promise<Connected> {
  const path = `/outage-${(made += 1)}.json`;
  const clientId = `${site.origin}${path}`;
  site.put(path, documentOf(clientId, metadata));
  const client = await clients.documented(clientId);
  const { tokens } = await clients.connect('user@example.com', client, {
    ...stayingSignedIn,
    scope: 'offline_access none',
  });
  let token = tokens.refresh_token ?? '';
  return {
    clientId,
    client,
    refresh: async () => {
      const next = await oauth.refreshTokenGrant(client, token, { resource: server.mcpResource });
      token = next.refresh_token ?? '';
    },
    answer: (how) => site.put(path, how),
  };
}

const answering =
  (status: number) =>
  (_request: unknown, response: { writeHead(status: number): { end(): void } }): void => {
    response.writeHead(status).end();
  };

async function keptOf(clientId: string): Promise<string | undefined> {
  return (await server.documents.find(clientId, new Date(Date.now() + aheadMs)))?.document;
}

/** What an authorization request of that client is answered, by a person who lets it act for them. */
async function beginning(client: oauth.Configuration): Promise<{ status: number; text: string }> {
  const browser = testBrowser();
  await signInWith(browser, server.issuer, 'user@example.com');
  const { address } = await clients.begin(client);
  const response = await browser.fetch(address.href);
  return { status: response.status, text: await response.text() };
}

describe('while the site of a connected client fails', () => {
  test.each([
    ['is broken', answering(503)],
    ['has too much to do', answering(429)],
    ['asks who we are', answering(401)],
    ['lets nobody through', answering(403)],
    ['sends us elsewhere', answering(302)],
    ['does not know what is wanted', answering(400)],
    [
      'shows a page',
      (_request: unknown, response: ServerResponse): void => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<title>One moment</title>');
      },
    ],
    [
      'breaks its JSON off',
      (_request: unknown, response: ServerResponse): void => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"client_id":');
      },
    ],
    [
      'hangs up',
      (request: { socket: { destroy(): void } }): void => {
        request.socket.destroy();
      },
    ],
  ])('it %s: the client goes on, and nobody is sent to an address of its old document', async (_how, failure) => {
    const { clientId, client, refresh, answer } = await connected();
    expect(JSON.parse((await keptOf(clientId)) ?? '{}')).toMatchObject({ client_id: clientId });
    answer(failure);
    aheadMs = 11 * minuteMs;
    await refresh();
    expect(await keptOf(clientId)).toBeTruthy();
    const { status, text } = await beginning(client);
    expect(status).toBe(400);
    expect(text).toContain('temporarily_unavailable');
    expect(text).toContain('for now only');
    expect(text).not.toContain('not allowed');

    aheadMs += 10 * minuteMs;
    answer(documentOf(clientId, { client_name: 'Back again' }));
    await refresh();
    expect(await keptOf(clientId)).toContain('Back again');
    expect((await beginning(client)).status).toBe(303);
  });

  test('it goes on for a day, no longer, and is not told that it is no client', async () => {
    const { clientId, refresh, answer } = await connected();
    answer(answering(503));
    aheadMs = 9 * minuteMs + standInMs;
    await refresh();
    aheadMs = 11 * minuteMs + standInMs;
    await expect(refresh()).rejects.toMatchObject({ error: 'temporarily_unavailable' });
    await deleteOldClientDocuments(server.db, new Date(Date.now() + aheadMs));
    expect(await keptOf(clientId)).toBeUndefined();
  });

  test('its site is asked once in a while, however often the client is named', async () => {
    const { clientId, client, refresh, answer } = await connected();
    const asked = () => site.asked.filter((path) => clientId.endsWith(path)).length;
    const before = asked();
    answer(answering(503));
    [aheadMs, stoppedAt] = [11 * minuteMs, Date.now()];
    for (let tries = 0; tries < 3; tries += 1) await refresh();
    for (let tries = 0; tries < 15; tries += 1) {
      const { address } = await clients.begin(client);
      expect((await testBrowser().fetch(address.href)).status).toBe(400);
    }
    expect(asked() - before).toBe(1);
    await refresh();
  });
});

describe('a site that answers is never stood in for', () => {
  test.each([
    ['404', answering(404)],
    ['410', answering(410)],
  ])('%s: the client gets nothing, and its document is forgotten', async (_what, refusal) => {
    const { clientId, refresh, answer } = await connected();
    answer(refusal);
    aheadMs = 11 * minuteMs;
    await expect(refresh()).rejects.toMatchObject({ error: 'invalid_client' });
    expect(await keptOf(clientId)).toBeUndefined();
    answer(answering(503));
    aheadMs += minuteMs;
    await expect(refresh()).rejects.toMatchObject({ error: 'temporarily_unavailable' });
  });

  test.each([
    ['names another client', (id: string) => documentOf(`${id}?other`)],
    ['may refresh no more', (id: string) => documentOf(id, { grant_types: ['authorization_code'] })],
    ['has a secret', (id: string) => documentOf(id, { client_secret: 'a secret' })],
    ['is too large', (id: string) => documentOf(id, { contacts: ['x'.repeat(6_000)] })],
  ])('a document that %s: the old one counts no longer', async (_what, changed) => {
    const { clientId, refresh, answer } = await connected();
    answer(changed(clientId));
    aheadMs = 11 * minuteMs;
    await expect(refresh()).rejects.toMatchObject({ error: expect.stringMatching(/^invalid_/) as string });
    answer(answering(503));
    aheadMs += minuteMs;
    await expect(refresh()).rejects.toThrow();
    expect(await keptOf(clientId)).not.toBe(JSON.stringify(documentOf(clientId)));
  });

  test('a client that nobody lets act for them any more is not stood in for', async () => {
    const { clientId, refresh, answer } = await connected();
    await server.ownerDb.deleteFrom('client_consents').where('client_id', '=', clientId).execute();
    answer(answering(503));
    aheadMs = 11 * minuteMs;
    await expect(refresh()).rejects.toMatchObject({ error: 'temporarily_unavailable' });
  });
});

test('only documents of clients that somebody lets act for them are kept', async () => {
  // Nobody's failures above count any more.
  aheadMs = 60 * minuteMs;
  const path = `/outage-${(made += 1)}.json`;
  site.put(path, documentOf(`${site.origin}${path}`));
  const { address } = await clients.begin(await clients.documented(`${site.origin}${path}`));
  expect((await testBrowser().fetch(address.href)).status).toBe(303);
  expect(await keptOf(`${site.origin}${path}`)).toBeUndefined();
});
