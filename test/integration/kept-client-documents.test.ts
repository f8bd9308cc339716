import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { longestFreshMs, type ClientDocument } from '../../activities/store/client-documents.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { documentOf, startClientSite, type ClientSite } from '../support/client-documents.ts';
import { redirectUri, thirdPartyClients } from '../support/third-party-clients.ts';

const hourMs = 3_600_000;

let site: ClientSite;
let server: TestAuthServer;
let made = 0;

beforeAll(async () => {
  site = await startClientSite();
  server = await startAuthServer({ clientDocuments: site.options });
});
afterAll(async () => {
  await server.stop();
  await site.stop();
});

/** A client that somebody lets act for them, with a document that this server has kept, not read, so far. */
async function kept(changes: Partial<ClientDocument> = {}): Promise<ClientDocument> {
  const path = `/kept-${(made += 1)}.json`;
  const clientId = `${site.origin}${path}`;
  site.put(path, documentOf(clientId));
  const subject = await server.subjectOf('user@example.com');
  await recordConsent(server.db, { subject, clientId }, new Date(), { offline: true, name: null });
  const document = {
    client_id: clientId,
    document: JSON.stringify(documentOf(clientId)),
    fetched_at: new Date(Date.now() - hourMs),
    fresh_until: new Date(Date.now() + hourMs),
    ...changes,
  };
  await server.documents.keep(document);
  return document;
}

const rowsOf = (clientId: string) =>
  server.db.selectFrom('client_documents').selectAll().where('client_id', '=', clientId).execute();

/** As the SQL role `app` can. */
const change = (clientId: string, row: { sealed?: string; fetched_at?: Date; fresh_until?: Date }) =>
  server.db.updateTable('client_documents').set(row).where('client_id', '=', clientId).execute();

/** Where a person who lets that client act for them is sent with a code. */
async function sentTo(clientId: string): Promise<string | undefined> {
  const browser = testBrowser();
  await signInWith(browser, server.issuer, 'user@example.com');
  const clients = thirdPartyClients(server);
  const { address } = await clients.begin(await clients.documented(clientId));
  return (await browser.follow(address.href)).headers.get('location') ?? undefined;
}

test('what is kept cannot be read from the table, counts while it is fresh, and its site is not asked', async () => {
  const document = await kept();
  expect((await rowsOf(document.client_id))[0]?.sealed).not.toContain('redirect_uris');
  expect(await server.documents.find(document.client_id, new Date())).toEqual(document);
  expect(await sentTo(document.client_id)).toContain(`${redirectUri}?code=`);
  expect(site.asked.filter((path) => document.client_id.endsWith(path))).toEqual([]);
});

describe('a row that was changed in the table is dropped, and the site asked', () => {
  const later = new Date('2100-01-01T00:00:00Z');

  test.each<[string, (own: ClientDocument) => Promise<unknown>]>([
    [
      'to a document that says something else',
      async ({ client_id: id }) =>
        change(id, { sealed: JSON.stringify(documentOf(id, { redirect_uris: ['https://evil.test/'] })) }),
    ],
    [
      'to what was sealed for another client',
      async (own) => {
        const other = await kept({ fetched_at: own.fetched_at, fresh_until: own.fresh_until });
        await change(own.client_id, { sealed: (await rowsOf(other.client_id))[0]?.sealed ?? '' });
      },
    ],
    ['to count for longer', ({ client_id: id }) => change(id, { fresh_until: later })],
    ['to have come later', ({ client_id: id }) => change(id, { fetched_at: new Date(Date.now() - 1_000) })],
    ['to come from the future', ({ client_id: id }) => change(id, { fetched_at: later, fresh_until: later })],
  ])('%s', async (_what, changing) => {
    const document = await kept();
    await changing(document);
    expect(await server.documents.find(document.client_id, new Date())).toBeUndefined();
    expect(await rowsOf(document.client_id)).toEqual([]);
    await server.documents.keep(document);
    await changing(document);
    expect(await sentTo(document.client_id)).toContain(`${redirectUri}?code=`);
    expect(site.asked.filter((path) => document.client_id.endsWith(path))).toHaveLength(1);
    expect((await server.documents.find(document.client_id, new Date()))?.document).toBe(document.document);
  });
});

describe('what was kept by a clock or a rule that was wrong', () => {
  test('counts for a day after it was fetched at most', async () => {
    const { client_id: clientId, fetched_at: fetchedAt } = await kept({
      fresh_until: new Date('2100-01-01T00:00:00Z'),
    });
    const until = (await server.documents.find(clientId, new Date()))?.fresh_until;
    expect(until).toEqual(new Date(fetchedAt.getTime() + longestFreshMs));
  });

  test('is not believed before it was fetched', async () => {
    const ahead = { fetched_at: new Date(Date.now() + hourMs), fresh_until: new Date(Date.now() + 2 * hourMs) };
    const { client_id: clientId } = await kept(ahead);
    expect(await server.documents.find(clientId, new Date())).toBeUndefined();
    expect(await rowsOf(clientId)).toEqual([]);
  });
});
