import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { createEventFeed, type EventFeed } from '../../activities/store/event-feed.ts';
import { announce } from '../../activities/store/events.ts';
import { startPostgres, type TestPostgres } from '../support/embedded.ts';

let postgres: TestPostgres;
let app: Connection;
let feed: EventFeed;
let seen: string[];

beforeAll(async () => {
  postgres = await startPostgres();
  app = connect(postgres.appUrl);
});
afterAll(async () => {
  await app.close();
  await postgres.stop();
});
beforeEach(async () => {
  feed = createEventFeed({ pool: app.pool, db: app.db, logger: pino({ level: 'silent' }) });
  await feed.ready();
  seen = [];
  feed.subscribe(({ id }) => seen.push(id));
});
afterEach(() => feed.close());

const say = (id: string) => announce(app.db, { kind: 'request', id, subject: 'usr_1', scopes: ['read:files'] });
const settle = () => new Promise((resolve) => setTimeout(resolve, 1_300));

test('an event arrives at once, and once although the poll sees it too', async () => {
  const before = performance.now();
  await say('quick');
  await expect.poll(() => seen, { interval: 5 }).toEqual(['quick']);
  expect(performance.now() - before).toBeLessThan(500);
  await settle();
  expect(seen).toEqual(['quick']);
});

test('what was there before is not told again', async () => {
  await settle();
  expect(seen).toEqual([]);
});

test('an event of a slow transaction is not missed behind later ones', async () => {
  await app.db.transaction().execute(async (trx) => {
    await announce(trx, { kind: 'request', id: 'slow', subject: 'usr_1' });
    await say('fast');
    await settle();
    expect(seen).toEqual(['fast']);
  });
  await expect.poll(() => seen).toEqual(['fast', 'slow']);
});

test('a broken connection loses nothing, and the next one listens again', async () => {
  const listeners = async (): Promise<number[]> => {
    const query = sql<{ pid: number }>`select pid from pg_stat_activity where query like 'LISTEN %'`;
    return (await query.execute(app.db)).rows.map(({ pid }) => pid);
  };
  // Those of the feeds before take a moment to go.
  await expect.poll(async () => (await listeners()).length).toBe(1);
  await sql`select pg_terminate_backend(${(await listeners())[0]})`.execute(app.db);
  await say('unheard');
  await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['unheard']);
  await settle();
  await say('heard');
  await expect.poll(() => seen, { timeout: 500, interval: 5 }).toEqual(['unheard', 'heard']);
});

test('a listener that fails does not harm the others', async () => {
  const unsubscribe = feed.subscribe(() => {
    throw new Error('broken listener');
  });
  const also: string[] = [];
  feed.subscribe(({ id }) => also.push(id));
  await say('one');
  await expect.poll(() => also).toEqual(['one']);
  unsubscribe();
});
