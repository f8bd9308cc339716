import { sql } from 'kysely';
import * as oauth from 'openid-client';
import { expect } from 'vitest';
import type { TestAuthServer } from './auth-server.ts';
import { authorizationRequest } from './oauth-client.ts';
import { signInWith, testBrowser, type TestBrowser } from './browser.ts';

/** Where the clients listen. */
export const redirectUri = 'http://127.0.0.1:9123/callback';

/** Parameters of a client that stays signed in and may read files once somebody holds that. */
export const stayingSignedIn = { scope: 'openid offline_access none read:files', prompt: 'consent' };

/** Other people's OAuth clients at an auth server, and the browser of whoever uses them. */
export type ThirdPartyClients = ReturnType<typeof thirdPartyClients>;

/** {@link ThirdPartyClients} of this server. */
export function thirdPartyClients(
  server: Pick<TestAuthServer, 'issuer' | 'mcpResource' | 'db' | 'ownerDb' | 'subjectOf'>,
) {
  function register(metadata: Record<string, unknown>): Promise<Response> {
    return fetch(`${server.issuer}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'A desktop client', redirect_uris: [redirectUri], ...metadata }),
    });
  }

  async function newClient(metadata: Record<string, unknown> = {}): Promise<oauth.Configuration> {
    const response = await register(metadata);
    const client = (await response.json()) as { client_id: string };
    expect(response.status, JSON.stringify(client)).toBe(201);
    return oauth.discovery(new URL(server.issuer), client.client_id, undefined, oauth.None(), {
      execute: [oauth.allowInsecureRequests],
    });
  }

  /** A client that is known by the address of its document (Client ID Metadata Documents). */
  function documented(clientId: string): Promise<oauth.Configuration> {
    return oauth.discovery(new URL(server.issuer), clientId, undefined, oauth.None(), {
      execute: [oauth.allowInsecureRequests],
    });
  }

  function begin(client: oauth.Configuration, extra: Record<string, string> = {}) {
    const usual = { redirect_uri: redirectUri, scope: 'none', resource: server.mcpResource };
    return authorizationRequest(client, { ...usual, ...extra });
  }

  /** The consent page that an authorization request leads to: its address and what it says. */
  async function consentPage(browser: TestBrowser, address: URL): Promise<{ url: string; text: string }> {
    let url = address.href;
    let page = await browser.fetch(url);
    for (let location = page.headers.get('location'); location !== null; location = page.headers.get('location')) {
      url = new URL(location, url).href;
      page = await browser.fetch(url);
    }
    return { url, text: await page.text() };
  }

  function answer(
    browser: TestBrowser,
    url: string,
    decision: string,
    origin: string = server.issuer,
  ): Promise<Response> {
    return browser.fetch(url, { method: 'POST', headers: { origin }, body: new URLSearchParams({ decision }) });
  }

  /** Where the page that follows an answer leads: the client's callback. */
  async function onwards(browser: TestBrowser, page: Response): Promise<URL> {
    expect(page.status, await page.clone().text()).toBe(200);
    const address = /^\d; url=(.*)$/.exec(page.headers.get('refresh') ?? '')?.[1] ?? '';
    expect(new URL(address).origin).toBe(server.issuer);
    const response = await browser.follow(address);
    return new URL(response.headers.get('location') ?? '');
  }

  /** Signs in, consents and takes the tokens. @param DPoP of the key that they are bound to, if they are */
  async function connect(
    email: string,
    client: oauth.Configuration,
    extra: Record<string, string> = {},
    DPoP?: oauth.DPoPHandle,
  ) {
    const browser = testBrowser();
    await signInWith(browser, server.issuer, email);
    const { address, checks } = await begin(client, extra);
    const { url } = await consentPage(browser, address);
    const callback = await onwards(browser, await answer(browser, url, 'allow'));
    const resource = extra['resource'] ?? server.mcpResource;
    const bound = DPoP === undefined ? {} : { DPoP };
    const tokens = await oauth.authorizationCodeGrant(client, callback, checks, { resource }, bound);
    return { browser, callback, checks, tokens };
  }

  async function block(client: oauth.Configuration): Promise<void> {
    await server.ownerDb
      .insertInto('client_states')
      .values({
        client_id: client.clientMetadata().client_id,
        name: null,
        blocked_at: new Date(),
        blocked_by: await server.subjectOf('admin@example.com'),
        block_reason: 'test',
      })
      .execute();
  }

  /** As if whatever was used up had been so for a while: no double submit of a client comes so late. */
  async function letGraceEnd(): Promise<void> {
    await server.db
      .updateTable('oidc_payloads')
      .set({ consumed_at: sql<Date>`consumed_at - interval '1 minute'` })
      .where('consumed_at', 'is not', null)
      .execute();
  }

  return { register, newClient, documented, begin, consentPage, answer, onwards, connect, block, letGraceEnd };
}
