import { readFile } from 'node:fs/promises';
import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { expect } from 'vitest';
import { stepUpSchema, type StepUpView } from '../../api/contract/step-ups.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { signInWith, type TestBrowser } from './browser.ts';
import { startProduct, type Product } from './product.ts';
import { redirectUri, thirdPartyClients, type ThirdPartyClients } from './third-party-clients.ts';
import { signedIn, type Visitor } from './visitor.ts';

/** A client with its person's browser, in which an authorization request can be made. */
export interface SteppingUp {
  client: oauth.Configuration;
  clientId: string;
  browser: TestBrowser;
}

/** What a client holds of a person's sign-in; `scope` is the access token's, sorted. */
export interface Tokens {
  scope: string;
  refreshToken: string;
  refresh(token: string): Promise<Tokens>;
}

/** The whole product and other people's clients that step up in it. */
export interface StepUpWorld {
  product: Product;
  clients: ThirdPartyClients;
  admin: Visitor;
  subjectOf(email: string): Promise<string>;
  /** A client that its person lets act for them, with a token for nothing. */
  connected(email?: string, metadata?: Record<string, unknown>): Promise<SteppingUp>;
  /** Sends the browser to the authorization endpoint: the waiting page's id, or the client's callback. */
  authorize(
    who: SteppingUp,
    scope: string,
    extra?: Record<string, string>,
  ): Promise<{ waiting: string; callback: URL; checks: oauth.AuthorizationCodeGrantChecks }>;
  view(browser: TestBrowser, waiting: string): Promise<StepUpView>;
  /** What the waiting page posts. */
  post(browser: TestBrowser, path: string, body?: unknown, origin?: string): Promise<Response>;
  /** Waits until there is an answer and takes it to the client. */
  goOn(browser: TestBrowser, waiting: string): Promise<URL>;
  decide(requestId: string | undefined, verdict: 'approve' | 'deny'): Promise<void>;
  token(who: SteppingUp, callback: URL, checks: oauth.AuthorizationCodeGrantChecks): Promise<string>;
  /** The same with what keeps the client signed in. */
  tokens(who: SteppingUp, callback: URL, checks: oauth.AuthorizationCodeGrantChecks): Promise<Tokens>;
  audited(requestId: string | undefined): Promise<{ type: string; data: Record<string, unknown> }[]>;
}

/** Requests for accounts expire at once, user data takes a reason, erasing is denied, deciding is one's own consent. */
async function testPolicy(): Promise<string> {
  const shipped = await readFile('countersign.policy.yaml', 'utf8');
  const adding = (text: string, scope: string, line: string): string =>
    text.replace(new RegExp(`( {2}${scope}:\\n(?: {4}.*\\n)*)`), `$1    ${line}\n`);
  const lines: [string, string][] = [
    ['admin:users', 'request_ttl: 2s'],
    ['read:files', 'request_ttl: 30m'],
    ['read:user-data', 'justification: required'],
  ];
  return lines
    .reduce((text, [scope, line]) => adding(text, scope, line), shipped)
    .replace('deny: []', 'deny: [{ scopes: [erase:user-data], reason: Nothing is erased here. }]');
}

/** Starts it. */
export async function startStepUpWorld(): Promise<StepUpWorld> {
  const product = await startProduct({ policy: await testPolicy() });
  const subjectOf = async (email: string): Promise<string> =>
    (await findPersonByEmail(product.database.db, email))?.subject ?? '';
  const clients = thirdPartyClients({ ...product, db: product.database.db, subjectOf });
  const admin = await signedIn(product.issuer, 'admin@example.com');

  const world: StepUpWorld = {
    product,
    clients,
    admin,
    subjectOf,
    connected: async (email = 'user@example.com', metadata = {}) => {
      const client = await clients.newClient(metadata);
      // Agreed to staying connected too, so that no later request asks for consent.
      const { browser } = await clients.connect(email, client, { scope: 'offline_access none', prompt: 'consent' });
      return { client, clientId: client.clientMetadata().client_id, browser };
    },
    authorize: async ({ client, browser }, scope, extra = {}) => {
      const { address, checks } = await clients.begin(client, { scope, ...extra });
      let url = address.href;
      for (;;) {
        const response = await browser.fetch(url);
        const location = response.headers.get('location');
        if (location === null) throw new Error(`${url} was answered ${response.status}: ${await response.text()}`);
        url = new URL(location, url).href;
        if (url.startsWith(redirectUri)) return { waiting: '', callback: new URL(url), checks };
        const waiting = /\/waiting\/([\w-]+)$/.exec(url)?.[1];
        if (waiting !== undefined) return { waiting, callback: new URL(redirectUri), checks };
      }
    },
    view: async (browser, waiting) => {
      const response = await browser.fetch(`${product.issuer}/api/step-ups/${waiting}`);
      const body: unknown = await response.json();
      expect(response.status, JSON.stringify(body)).toBe(200);
      return stepUpSchema.parse(body);
    },
    post: (browser, path, body = {}, origin = product.issuer) =>
      browser.fetch(`${product.issuer}/api/step-ups/${path}`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    goOn: async (browser, waiting) => {
      for (let tries = 0; (await world.view(browser, waiting)).status === 'waiting'; tries += 1) {
        if (tries > 200) throw new Error('it waits for ever');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const page = await browser.fetch(`${product.issuer}/interaction/${waiting}/continue`);
      return clients.onwards(browser, page);
    },
    decide: async (requestId = '', verdict) => {
      const { status, body } = await admin.post(
        `/api/${verdict}/${requestId}`,
        verdict === 'deny' ? { reason: 'Not “today”.' } : {},
      );
      expect(status, JSON.stringify(body)).toBe(200);
    },
    token: async (who, callback, checks) => (await world.tokens(who, callback, checks)).scope,
    tokens: async ({ client }, callback, checks) => {
      const resource = product.mcpResource;
      const refresh = async (token: string): Promise<Tokens> =>
        tokensOf(await oauth.refreshTokenGrant(client, token, { resource }));
      const tokensOf = (answer: oauth.TokenEndpointResponse): Tokens => ({
        scope: String(decodeJwt(answer.access_token)['scope']).split(' ').sort().join(' '),
        refreshToken: answer.refresh_token ?? '',
        refresh,
      });
      return tokensOf(await oauth.authorizationCodeGrant(client, callback, checks, { resource }));
    },
    audited: (requestId = '') =>
      product.database.db
        .selectFrom('audit_events')
        .select(['type', 'data'])
        .where('request_id', '=', requestId)
        .orderBy('position')
        .execute(),
  };
  return world;
}

/** Another person, signed in in a browser of their own. */
export async function signInAs(world: StepUpWorld, browser: TestBrowser, email: string): Promise<TestBrowser> {
  await signInWith(browser, world.product.issuer, email);
  return browser;
}
