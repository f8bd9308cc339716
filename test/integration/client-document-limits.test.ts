import type { KoaContextWithOIDC } from 'oidc-provider';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ClientDocuments } from '../../activities/store/client-documents.ts';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { clientDocuments } from '../../api/oauth/client-documents.ts';
import { startPostgres } from '../support/embedded.ts';

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let app: Connection;
/** Has a client that nobody lets act for them looked up from an address, or by a page of ours. */
let lookUp: (from: string | undefined) => Promise<'looked up' | 'too many'>;

beforeAll(async () => {
  postgres = await startPostgres();
  app = connect(postgres.appUrl);
});
afterAll(async () => {
  await app.close();
  await postgres.stop();
});
beforeEach(() => {
  const { feature } = clientDocuments({
    db: app.db,
    documents: new ClientDocuments(app.db, new Uint8Array(32)),
    clientFetch: () => Promise.resolve(new Response('{}')),
    now: () => new Date(),
    logger: pino({ level: 'silent' }),
  });
  let named = 0;
  lookUp = async (from) => {
    const ctx = from === undefined ? undefined : ({ req: { ip: from } } as unknown as KoaContextWithOIDC);
    try {
      await feature.allowFetch(ctx, `https://client.test/${(named += 1)}.json`);
      return 'looked up';
    } catch (error) {
      expect(String(error)).toContain('temporarily_unavailable');
      return 'too many';
    }
  };
});

async function lookUpTimes(times: number, from: string): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) expect(await lookUp(from)).toBe('looked up');
}

test('one address has sixty looked up, and its neighbours theirs', async () => {
  await lookUpTimes(60, '192.0.2.1');
  expect([await lookUp('192.0.2.1'), await lookUp('192.0.2.2')]).toEqual(['too many', 'looked up']);
});

test('networks of IPv6 that one customer may have count together, too', async () => {
  for (let network = 0; network < 4; network += 1) await lookUpTimes(30, `2001:db8:1:${network}::1`);
  expect([await lookUp('2001:db8:1:9::1'), await lookUp('2001:db8:2:9::1')]).toEqual(['too many', 'looked up']);
});

test('what others have looked up, however many they are, keeps nobody from it', async () => {
  for (let network = 0; network < 8; network += 1) await lookUpTimes(60, `2001:db8:${network}::1`);
  expect(await lookUp('192.0.2.1')).toBe('looked up');
});

test('pages of ours are not counted as one address', async () => {
  for (let turn = 0; turn < 100; turn += 1) expect(await lookUp(undefined)).toBe('looked up');
});
