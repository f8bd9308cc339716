import { importJWK, SignJWT } from 'jose';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { deleteOldEvents } from '../../activities/store/event-history.ts';
import { announce } from '../../activities/store/events.ts';
import { announceRequest, openRequest } from '../../activities/store/requests.ts';
import type { EventKind } from '../../activities/store/schema.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInAtClient } from '../support/client-sign-in.ts';
import { openEventStream, type EventStream } from '../support/event-stream.ts';
import { signedIn } from '../support/visitor.ts';

let server: TestAuthServer;
const cookies = new Map<string, string>();
const subjects = new Map<string, string>();
const opened: EventStream[] = [];

beforeAll(async () => {
  server = await startAuthServer();
  for (const name of ['admin', 'user', 'demo', 'auditor']) {
    cookies.set(name, (await signedIn(server.issuer, `${name}@example.com`)).cookie);
    subjects.set(name, await server.subjectOf(`${name}@example.com`));
  }
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((stream) => stream.close()));
});
afterAll(() => server.stop());

async function open(name: string, lastEventId?: string): Promise<EventStream> {
  const stream = await openEventStream(server.issuer, cookies.get(name) ?? '', lastEventId);
  opened.push(stream);
  await expect.poll(() => stream.events.length).toBeGreaterThan(0);
  return stream;
}

const announceFor = (name: string, id: string, kind: EventKind = 'request', db = server.db) =>
  announce(db, { kind, id, subject: subjects.get(name) ?? '', scopes: ['read:files'] });
const ids = (stream: EventStream) => stream.changes.map(({ id }) => id);

test('a reader that comes back is told what it missed, as far as it may know', async () => {
  const [admin, user] = [await open('admin'), await open('user')];
  await announceFor('user', 'seen');
  for (const stream of [admin, user]) await expect.poll(() => ids(stream)).toEqual(['seen']);
  await Promise.all([admin.close(), user.close()]);
  await announceFor('user', 'own');
  await announceFor('demo', 'foreign');
  await announceFor('demo', 'foreign conversation', 'chat_session');
  await announceFor('user', 'conversation', 'chat_session');
  const again = [await open('admin', admin.lastEventId), await open('user', user.lastEventId)];
  const [adminAgain, userAgain] = again;
  if (adminAgain === undefined || userAgain === undefined) throw new Error('not opened');
  await expect.poll(() => ids(adminAgain)).toEqual(expect.arrayContaining(['own', 'foreign']));
  await expect.poll(() => ids(userAgain)).toEqual(expect.arrayContaining(['own', 'conversation']));
  await announceFor('user', 'live again');
  for (const stream of again) {
    await expect.poll(() => ids(stream)).toContain('live again');
    expect(stream.events.map(({ event }) => event)).not.toContain('resync');
  }
  expect(ids(adminAgain)).not.toContain('conversation');
  expect(ids(userAgain).filter((id) => id.startsWith('foreign'))).toEqual([]);
  expect(ids(adminAgain)).not.toContain('foreign conversation');
});

test('a reader that was told nothing yet misses nothing either', async () => {
  const quiet = await open('user');
  await quiet.close();
  await announceFor('user', 'while away');
  const again = await open('user', quiet.lastEventId);
  await expect.poll(() => ids(again)).toContain('while away');
});

test('an event of a transaction that commits behind later ones is not lost', async () => {
  const reader = await open('user');
  await server.db.transaction().execute(async (trx) => {
    await announce(trx, { kind: 'request', id: 'slow', subject: subjects.get('user') ?? '' });
    await announceFor('user', 'fast');
    await expect.poll(() => ids(reader)).toEqual(['fast']);
    await reader.close();
  });
  const later = await open('user', reader.lastEventId);
  await expect.poll(() => ids(later)).toContain('slow');
});

test('coming back again and again while things happen: each is told, none twice on one stream', async () => {
  const told: string[] = [];
  let position: string | undefined = (await open('user')).lastEventId;
  const expected = Array.from({ length: 60 }, (_, n) => `storm ${n}`);
  const writing = (async () => {
    for (const id of expected) await announceFor('user', id);
  })();
  for (let visit = 0; visit < 6; visit += 1) {
    const stream = await open('user', position);
    await expect.poll(() => ids(stream).length).toBeGreaterThan(visit);
    if (visit === 5) {
      await writing;
      await expect.poll(() => [...told, ...ids(stream)], { timeout: 5_000 }).toContain('storm 59');
    }
    await stream.close();
    expect(new Set(ids(stream)).size).toBe(stream.changes.length);
    told.push(...ids(stream));
    position = stream.lastEventId;
  }
  expect(expected.filter((id) => !told.includes(id))).toEqual([]);
});

test('signing out is never told again', async () => {
  const reader = await open('demo');
  await reader.close();
  await announceFor('demo', 'somewhere', 'sign_out');
  await announceFor('demo', 'after');
  const again = await open('demo', reader.lastEventId);
  await expect.poll(() => ids(again)).toContain('after');
  expect(ids(again)).not.toContain('somewhere');
});

test('whose account is disabled meanwhile is told nothing', async () => {
  const reader = await open('auditor');
  await reader.close();
  const disable = (at: Date | null) =>
    server.ownerDb
      .updateTable('people')
      .set({ disabled_at: at })
      .where('subject', '=', subjects.get('auditor') ?? '')
      .execute();
  await disable(new Date());
  await expect(open('auditor', reader.lastEventId)).rejects.toThrow('401');
  await disable(null);
});

test.each(['999999999999999', '0', '-1', 'abc', '9'.repeat(30)])(
  'the unknown position %s is a resync',
  async (given) => {
    const reader = await open('user', given);
    await expect.poll(() => reader.events.map(({ event }) => event)).toEqual(['hello', 'resync']);
    await announceFor('user', 'goes on');
    await expect.poll(() => ids(reader)).toEqual(['goes on']);
    // And from there it is an ordinary one.
    await reader.close();
    await announceFor('user', 'next');
    const again = await open('user', reader.lastEventId);
    await expect.poll(() => ids(again)).toContain('next');
  },
);

test('more than can be told is a resync; others’ events do not count for who may not see them', async () => {
  const [admin, user] = [await open('admin'), await open('user')];
  await Promise.all([admin.close(), user.close()]);
  await announceFor('user', 'one of few');
  await sql`insert into events (kind, id, subject) select 'request', 'many', ${subjects.get('demo')} from generate_series(1, 1001)`.execute(
    server.db,
  );
  const [adminAgain, userAgain] = [await open('admin', admin.lastEventId), await open('user', user.lastEventId)];
  await expect.poll(() => adminAgain.events.map(({ event }) => event)).toEqual(['hello', 'resync']);
  await expect.poll(() => ids(userAgain)).toContain('one of few');
});

test('events are kept for a week; who was away for longer is told to fetch everything', async () => {
  const reader = await open('user');
  await reader.close();
  await announceFor('user', 'of last week');
  await sql`alter table events disable trigger user`.execute(server.ownerDb);
  await sql`update events set at = at - interval '6 days'`.execute(server.ownerDb);
  await deleteOldEvents(server.db);
  const soon = await open('user', reader.lastEventId);
  await expect.poll(() => ids(soon)).toContain('of last week');
  await sql`update events set at = at - interval '2 days'`.execute(server.ownerDb);
  await announceFor('user', 'of today');
  await deleteOldEvents(server.db);
  const left = await server.db.selectFrom('events').select('id').execute();
  expect(left.map(({ id }) => id)).toEqual(['of today']);
  const late = await open('user', reader.lastEventId);
  // What comes next may be told as it happens.
  await expect.poll(() => late.events.map(({ event }) => event).slice(0, 2)).toEqual(['hello', 'resync']);
});

/** What the user's client of that id sends. */
async function headersOf(clientId: string): Promise<{ authorization: string }> {
  const sid = await signInAtClient(server.db, { subject: subjects.get('user') ?? '', clientId });
  const token = await new SignJWT({ client_id: clientId, scope: 'none', sid })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: server.baseKey.kid ?? '' })
    .setIssuer(server.issuer)
    .setAudience(`${server.issuer}/api`)
    .setSubject(subjects.get('user') ?? '')
    .setJti(`jti-${clientId}`)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(server.baseKey, 'ES256'));
  return { authorization: `Bearer ${token}` };
}

test('other people’s client shuts out neither its person’s live views nor another client’s', async () => {
  const openAs = async (as: string | Record<string, string>): Promise<void> => {
    opened.push(await openEventStream(server.issuer, as));
  };
  const [one, other] = [await headersOf('cli_greedy'), await headersOf('cli_modest')];
  for (let n = 0; n < 3; n += 1) await openAs(one);
  await expect(openAs(one)).rejects.toThrow('429');
  await openAs(other);
  for (let n = 0; n < 20; n += 1) await openAs(cookies.get('user') ?? '');
  await expect(openAs(cookies.get('user') ?? '')).rejects.toThrow('429');
});

test('other people’s client is told of its own requests and grants alone, also of those it missed', async () => {
  const subject = subjects.get('user') ?? '';
  const headers = await headersOf('cli_own');
  const openAs = async (lastEventId?: string): Promise<EventStream> => {
    const stream = await openEventStream(server.issuer, headers, lastEventId);
    opened.push(stream);
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    return stream;
  };
  /** Without that it was connected. */
  const told = (stream: EventStream): string[] => ids(stream).filter((id) => id !== 'cli_own');
  /** A request and a grant of a client, told of as they happen. @returns their ids */
  const happen = async (clientId: string): Promise<string[]> => {
    const what = { scopes: ['read:files'], toolName: null, toolArgs: { at: Date.now() }, justification: null };
    return server.ownerDb.transaction().execute(async (trx) => {
      const { request } = await openRequest(trx, { subject, clientId, sessionId: null, ...what });
      const [requestId, grantId] = [request.request_id, `gra_${request.request_id}`];
      const [from, to] = [new Date(), new Date(Date.now() + 60_000)];
      const of = { subject, client_id: clientId, session_id: null, scopes: ['read:files'] };
      const grant = { grant_id: grantId, request_id: requestId, ...of, granted_at: from, expires_at: to };
      await trx.insertInto('grants').values(grant).execute();
      await announceRequest(trx, request);
      await announce(trx, { kind: 'grant', id: grantId, subject, scopes: ['read:files'] });
      return [requestId, grantId];
    });
  };
  const all = async () => {
    const others = [...(await happen('cli_other')), ...(await happen('countersign-chat'))];
    await announceFor('user', 'conversation', 'chat_session');
    await announceFor('user', 'cli_other', 'client');
    await announceFor('admin', 'of somebody else', 'person');
    const own = await happen('cli_own');
    await announceFor('user', subject, 'person');
    return { others: [...others, 'conversation', 'cli_other', 'of somebody else'], own: [...own, subject] };
  };
  const stream = await openAs();
  const live = await all();
  await expect.poll(() => told(stream)).toEqual(live.own);
  await stream.close();
  const away = await all();
  const again = await openAs(stream.lastEventId);
  await expect.poll(() => ids(again)).toEqual(expect.arrayContaining(away.own));
  for (const id of [...live.others, ...away.others]) expect(ids(again)).not.toContain(id);
});

test('a client that is blocked in the middle is told nothing more', async () => {
  const headers = await headersOf('cli_blocked');
  const response = await fetch(`${server.issuer}/api/events`, { headers });
  expect(response.status).toBe(200);
  let told = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) told += Buffer.from(chunk).toString();
  })();
  await announceFor('user', 'before', 'person');
  await expect.poll(() => told).toContain('before');
  await sql`select set_client_blocked(${subjects.get('admin')}, 'cli_blocked', 'stolen')`.execute(server.db);
  await reading;
  await announceFor('user', 'after', 'person');
  expect(told).not.toContain('after');
});
