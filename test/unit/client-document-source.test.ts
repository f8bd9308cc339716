import { describe, expect, test } from 'vitest';
import type { ClientDocument } from '../../activities/store/client-documents.ts';
import { FetchRefused, SaysNothing } from '../../api/http/guarded-fetch.ts';
import { documentSource } from '../../api/oauth/documents/document-source.ts';
import { freshMs, readDocument } from '../../api/oauth/documents/fetched-document.ts';

const id = 'https://client.test/one.json';
const failure = (): Promise<Response> => Promise.reject(new Error('connect ECONNREFUSED'));
const refusal = (): Promise<Response> => Promise.reject(new FetchRefused('it was answered 404'));
const riddle = (): Promise<Response> => Promise.reject(new SaysNothing('it was answered 403'));
const good = (): Promise<Response> => Promise.resolve(new Response('{"a":1}'));

/** A source with a clock, a site and a table in memory. */
function world({ known = [] as string[], table = new Map<string, ClientDocument>() } = {}) {
  const state = {
    now: Date.parse('2026-01-01T00:00:00Z'),
    site: good,
    asked: [] as string[],
    warned: [] as string[],
    counted: 0,
  };
  const source = documentSource({
    now: () => new Date(state.now),
    logger: { warn: ({ clientId }: { clientId: string }) => state.warned.push(clientId) },
    fetch: (url) => {
      state.asked.push(String(url));
      return state.site();
    },
    known: {
      isKnown: (clientId) => Promise.resolve(known.includes(clientId)),
      find: (clientId) => Promise.resolve(table.get(clientId)),
      keep: (document) => Promise.resolve(void table.set(document.client_id, document)),
      drop: (clientId) => Promise.resolve(void table.delete(clientId)),
    },
  });
  const prepare = async (clientId = id) =>
    (
      await source.prepare(clientId, () => {
        state.counted += 1;
        return Promise.resolve();
      })
    ).status;
  return { state, source, table, prepare };
}

describe('the allowance of strangers', () => {
  test('counts what is fetched for clients that nobody lets act for them, and nothing else', async () => {
    const { state, source, prepare } = world({ known: [id] });
    const other = 'https://other.test/two.json';
    for (let turn = 0; turn < 3; turn += 1) {
      for (const clientId of [id, other]) {
        expect(await prepare(clientId)).toBe('fresh');
        await source.accept(clientId);
      }
    }
    expect([state.counted, state.asked]).toEqual([1, [id, other]]);
  });

  test('that is used up leaves the site alone', async () => {
    const { state, source } = world();
    await expect(source.prepare(id, () => Promise.reject(new Error('too many')))).rejects.toThrow('too many');
    expect(state.asked).toEqual([]);
  });
});

describe('places for fetching', () => {
  const never = (): Promise<Response> => new Promise(() => undefined);
  const address = (host: string, n: number): string => `https://${host}/${n}.json`;

  test('are eight at a host and fifty together for strangers, apart from those of known clients', async () => {
    const known = [address('slow.test', 9), address('last.test', 9)];
    const { state, source, prepare } = world({ known });
    state.site = never;
    const start = (clientId: string): void => void source.prepare(clientId, () => Promise.resolve());
    for (let n = 0; n < 8; n += 1) start(address('slow.test', n));
    await Promise.resolve();
    expect(await prepare(address('slow.test', 8))).toBe('unavailable');
    for (let n = 0; n < 42; n += 1) start(address(`host-${n}.test`, 0));
    await new Promise(setImmediate);
    expect(state.asked).toHaveLength(50);
    expect(await prepare(address('last.test', 0))).toBe('unavailable');
    state.site = good;
    for (const clientId of known) expect(await prepare(clientId)).toBe('fresh');
  });

  test('are given back, whatever came of it', async () => {
    const { state, prepare } = world();
    for (const [turn, site] of [good, refusal, good, refusal, good].entries()) {
      state.site = site;
      expect(await prepare(address('busy.test', turn))).toBe(site === good ? 'fresh' : 'refused');
    }
  });

  test('are taken once for one client, however many ask for it at once', async () => {
    const { state, prepare } = world();
    expect(await Promise.all(Array.from({ length: 30 }, () => prepare()))).toEqual(Array(30).fill('fresh'));
    expect([state.asked, state.counted]).toEqual([[id], 1]);
  });
});

describe('a site that fails', () => {
  test('is left alone for longer each time, five minutes at most, until it has answered', async () => {
    const { state, prepare } = world();
    state.site = failure;
    const askedAfter = async (seconds: number): Promise<boolean> => {
      state.now += seconds * 1_000;
      const before = state.asked.length;
      expect(await prepare()).toBe('unavailable');
      return state.asked.length > before;
    };
    expect(await askedAfter(0)).toBe(true);
    for (const wait of [5, 10, 20, 40, 80, 160, 300, 300]) {
      expect([wait, await askedAfter(wait - 1), await askedAfter(1)]).toEqual([wait, false, true]);
    }
    state.site = good;
    state.now += 300_000;
    expect(await prepare()).toBe('fresh');
    state.site = failure;
    state.now += 3_600_000;
    expect(await prepare()).toBe('unavailable');
    expect(await askedAfter(5)).toBe(true);
  });

  test.each([[[id]], [[]]])('for one client of a shared host is not held against another there', async (known) => {
    const { state, prepare } = world({ known });
    state.site = failure;
    for (let n = 0; n < 20; n += 1) expect(await prepare(`https://client.test/fails-${n}.json`)).toBe('unavailable');
    state.site = good;
    expect(await prepare()).toBe('fresh');
    expect(await prepare('https://client.test/fails-0.json')).toBe('unavailable');
  });

  test('is remembered of a known client, however many others strangers name', async () => {
    const { state, prepare } = world({ known: [id] });
    state.site = failure;
    expect(await prepare()).toBe('unavailable');
    for (let n = 0; n < 2_100; n += 1) await prepare(`https://host-${n}.test/fails.json`);
    expect(await prepare()).toBe('unavailable');
    expect(state.asked.filter((asked) => asked === id)).toHaveLength(1);
  });
});

test('another process goes by what is kept, asks nobody while that is fresh, and outlives an outage', async () => {
  const first = world({ known: [id] });
  await first.prepare();
  expect(await first.source.accept(id)).toBe('fresh');
  const { state, source, prepare } = world({ known: [id], table: first.table });
  state.site = failure;
  expect([await prepare(), await source.accept(id), state.asked]).toEqual(['fresh', 'fresh', []]);
  state.now += 3_600_000;
  expect([await prepare(), await source.accept(id), state.asked]).toEqual(['stands_in', 'stands_in', [id]]);
  expect(source.read(id)).toBe('{"a":1}');
});

test('an answer that says nothing of the document leaves what is kept, and refuses what nobody lets act for them', async () => {
  const { state, source, table, prepare } = world({ known: [id] });
  await prepare();
  await source.accept(id);
  state.now += 3_600_000;
  state.site = riddle;
  expect([await prepare(), table.size]).toEqual(['stands_in', 1]);
  state.now += 24 * 3_600_000;
  expect([await prepare(), table.size]).toEqual(['unavailable', 1]);
  expect(await prepare('https://client.test/stranger.json')).toBe('refused');
  state.now += 300_000;
  state.site = refusal;
  expect([await prepare(), table.size]).toEqual(['refused', 0]);
});

test.each([failure, refusal, riddle])('the log tells of connected clients alone', async (site) => {
  const { state, prepare } = world({ known: [id] });
  state.site = site;
  await prepare();
  await prepare();
  await prepare('https://stranger.test/one.json');
  expect(state.warned).toEqual([id]);
});

test('what nobody accepted is not asked for again at once, and kept nowhere', async () => {
  const { state, table, prepare } = world({ known: [id] });
  for (let turn = 0; turn < 3; turn += 1) await prepare();
  expect([state.asked.length, table.size]).toEqual([1, 0]);
  state.now += 10_000;
  await prepare();
  expect(state.asked).toHaveLength(2);
});

test('a document that was never read is not vouched for', async () => {
  expect(await world().source.accept(id)).toBe('unknown');
});

test.each([
  [{}, 600],
  [{ 'cache-control': 'no-store' }, 600],
  [{ 'cache-control': 'public, max-age=3600' }, 3_600],
  [{ 'cache-control': 'max-age=1' }, 600],
  [{ 'cache-control': 'max-age=99999999' }, 86_400],
  [{ expires: 'Thu, 01 Jan 2026 02:00:00 GMT' }, 7_200],
  [{ expires: 'never' }, 600],
])('an answer with %o counts for %i seconds', (headers, seconds) => {
  expect(freshMs(new Headers(headers as Record<string, string>), new Date('2026-01-01T00:00:00Z'))).toBe(
    seconds * 1_000,
  );
});

test('a document that is too large or no JSON is not read', async () => {
  await expect(readDocument(new Response('x'.repeat(5_121)))).rejects.toThrow(FetchRefused);
  await expect(readDocument(new Response(new Uint8Array([0xff, 0xfe])))).rejects.toThrow(SaysNothing);
  await expect(readDocument(new Response('{"a":'))).rejects.toThrow(SaysNothing);
  expect(await readDocument(new Response(`"${'x'.repeat(5_118)}"`))).toHaveLength(5_120);
});
