import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { beginClientSignIn, deleteOldClientSignIns, endClientSignIns } from '../../activities/store/client-sign-ins.ts';
import { endAccountSessions } from '../../activities/store/account-sessions.ts';
import { disconnect } from '../../activities/store/connections.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser, type TestBrowser } from '../support/browser.ts';
import { documentOf, startClientSite, type ClientSite } from '../support/client-documents.ts';
import { stayingSignedIn, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';

let site: ClientSite;
let server: TestAuthServer;
let clients: ThirdPartyClients;
let made = 0;
const person = 'user@example.com';

beforeAll(async () => {
  site = await startClientSite();
  server = await startAuthServer({ clientDocuments: site.options });
  clients = thirdPartyClients(server);
});
afterAll(async () => {
  await server.stop();
  await site.stop();
});

/** A client that the person lets act for them and that may run commands; its document comes when it is let. */
async function slowClient() {
  const clientId = `${site.origin}/slow-${(made += 1)}.json`;
  let asked = (): void => undefined;
  let answer = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
  site.put(new URL(clientId).pathname, (_request, response) => {
    asked();
    void mayAnswer.then(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(documentOf(clientId)));
    });
  });
  const subject = await server.subjectOf(person);
  await recordConsent(server.db, { subject, clientId }, new Date(), { offline: true, name: null });
  await server.grant({ email: person, clientId, scopes: ['execute:commands'] });
  return { clientId, isAsked, answer };
}

/** What a client gets that asks, in a browser that is signed in, while something else happens there. */
async function whileItAsks(happens: (browser: TestBrowser) => Promise<unknown>): Promise<URLSearchParams> {
  const browser = testBrowser();
  await signInWith(browser, server.issuer, person);
  // The provider has its session already, as after any earlier client.
  const earlier = await clients.newClient();
  const { url } = await clients.consentPage(browser, (await clients.begin(earlier)).address);
  await clients.onwards(browser, await clients.answer(browser, url, 'allow'));
  const { clientId, isAsked, answer } = await slowClient();
  const { address } = await clients.begin(await clients.documented(clientId), {
    scope: 'offline_access none execute:commands',
  });
  const asking = browser.fetch(address.href);
  await isAsked;
  await happens(browser);
  answer();
  return new URL((await asking).headers.get('location') ?? 'about:blank').searchParams;
}

describe('a client’s sign-in that is under way', () => {
  test.each([
    [
      'the person signs out',
      (browser: TestBrowser) =>
        browser.fetch(`${server.issuer}/auth/sign-out`, { method: 'POST', headers: { origin: server.issuer } }),
    ],
    [
      'somebody else signs in to the browser',
      (browser: TestBrowser) => signInWith(browser, server.issuer, 'demo@example.com'),
    ],
    [
      'that sign-in is ended elsewhere',
      async () => server.db.updateTable('account_sessions').set({ ended_at: new Date() }).execute(),
    ],
  ])('comes to nothing when %s meanwhile', async (_what, happens) => {
    const answered = await whileItAsks(happens);
    expect([answered.get('code'), answered.get('error')]).toEqual([null, 'login_required']);
  });

  test('goes on when nothing happens', async () => {
    const answered = await whileItAsks(() => Promise.resolve());
    expect(answered.get('error')).toBeNull();
    expect(answered.get('code')).toBeTruthy();
  });
});

describe('the record of a client’s sign-in', () => {
  async function signedIn() {
    const subject = await server.subjectOf(person);
    const clientId = `client-${(made += 1)}`;
    const accountSessionId = `session-${made}`;
    const at = new Date();
    await recordConsent(server.db, { subject, clientId }, at);
    const row = { session_id: accountSessionId, subject, authenticated_at: at, ended_at: null };
    await server.db
      .insertInto('account_sessions')
      .values({ ...row, expires_at: new Date(at.getTime() + 60_000) })
      .execute();
    return { subject, clientId, accountSessionId };
  }

  const begin = (of: Awaited<ReturnType<typeof signedIn>>): Promise<boolean> =>
    beginClientSignIn(server.db, { ...of, grantId: `grant-${(made += 1)}` }, new Date());

  test.each([
    [
      'signs out',
      async (trx: DbOrTrx, of: { subject: string; clientId: string }) => {
        await endAccountSessions(trx, of.subject, new Date());
        await endClientSignIns(trx, of, new Date());
      },
    ],
    [
      'takes the client back',
      (trx: DbOrTrx, of: { subject: string; clientId: string }) => disconnect(trx, of, new Date()),
    ],
  ])('waits for a person who %s at the same moment, and is not made', async (_what, end) => {
    const one = await signedIn();
    let beginning: Promise<boolean> | undefined;
    await server.db.transaction().execute(async (trx) => {
      await end(trx, one);
      beginning = begin(one);
      // Long enough for one that does not wait to be done.
      expect(await Promise.race([beginning, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))])).toBe(
        'waits',
      );
    });
    expect(await beginning).toBe(false);
    expect(
      await server.db.selectFrom('client_sign_ins').selectAll().where('client_id', '=', one.clientId).execute(),
    ).toEqual([]);
  });

  test('is made for a living sign-in of the same person only', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    expect(await begin(one)).toBe(true);
    expect(await begin({ ...one, subject: await server.subjectOf('demo@example.com') })).toBe(false);
    expect(await begin({ ...one, accountSessionId: 'no session' })).toBe(false);
    expect(await begin({ ...one, clientId: 'never consented to' })).toBe(false);
    expect(await begin({ ...one, accountSessionId: other.accountSessionId })).toBe(true);
    await server.db
      .updateTable('account_sessions')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('session_id', '=', one.accountSessionId)
      .execute();
    expect(await begin(one)).toBe(false);
  });
});

test('a sign-in that no token came of leaves nothing behind, and one that is used goes on', async () => {
  const client = await clients.newClient();
  const used = await clients.connect(person, client, stayingSignedIn);
  const unused = await used.browser.follow((await clients.begin(client)).address.href);
  expect(unused.headers.get('location')).toContain('code=');
  const { client_id: clientId } = client.clientMetadata();
  const signIns = () =>
    server.ownerDb.selectFrom('client_sign_ins').select('sign_in_id').where('client_id', '=', clientId).execute();
  const before = await signIns();
  expect(before.length).toBeGreaterThan(1);
  await server.ownerDb
    .updateTable('client_sign_ins')
    .set({ created_at: new Date(Date.now() - 61 * 60_000) })
    .where('client_id', '=', clientId)
    .execute();
  await deleteOldClientSignIns(server.db);
  expect(await signIns()).toHaveLength(1);
  const ids = before.map(({ sign_in_id }) => sign_in_id);
  const grants = await server.ownerDb
    .selectFrom('oidc_payloads')
    .select('id')
    .where('model', '=', 'Grant')
    .where('id', 'in', ids)
    .execute();
  expect(grants).toHaveLength(1);
  const next = await oauth.refreshTokenGrant(client, used.tokens.refresh_token ?? '', { resource: server.mcpResource });
  expect(next.access_token).toBeTruthy();
});
