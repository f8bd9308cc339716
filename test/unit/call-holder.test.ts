import { describe, expect, it } from 'vitest';
import { CallHolder } from '../../mcp-server/authorization/call-holder.ts';
import type { CallerAuthorizations } from '../../mcp-server/authorization/ports.ts';

type Status = Awaited<ReturnType<CallerAuthorizations['status']>>;

const pending = { request_id: 'req_1', status: 'pending' } as Status;
const api = (status: () => Promise<Status>) => ({ status }) as unknown as CallerAuthorizations;
const lookEveryMs = 5;
const signal = new AbortController().signal;

describe('a held call', () => {
  it('is not held for a client that did not ask to be told', async () => {
    const never = api(() => Promise.reject(new Error('nobody asks')));
    expect(
      await new CallHolder({ lookEveryMs }).wait(never, 'req_1', { progress: undefined, signal }, 'm', 'owner'),
    ).toBeUndefined();
  });

  it('is told how it goes, and comes back without an answer when nobody decided in time', async () => {
    const told: [number, string][] = [];
    const progress = async (elapsed: number, message: string) => void told.push([elapsed, message]);
    const holder = new CallHolder({ heldMs: 30, lookEveryMs });
    expect(
      await holder.wait(
        api(async () => pending),
        'req_1',
        { progress, signal },
        'waits',
        'owner',
      ),
    ).toBeUndefined();
    expect(told).toEqual([[0, 'waits']]);
  });

  it.each(['approved', 'denied', 'expired', 'cancelled'] as const)('ends as its request does: %s', async (status) => {
    const ended = { ...pending, status };
    const progress = () => Promise.resolve();
    expect(
      await new CallHolder({ lookEveryMs }).wait(
        api(async () => ended),
        'req_1',
        { progress, signal },
        'm',
        'owner',
      ),
    ).toEqual(ended);
  });

  it('ends when its client has gone or the API is away, and is counted no longer', async () => {
    const holder = new CallHolder({ heldMs: 10_000, lookEveryMs });
    const progress = () => Promise.resolve();
    for (let times = 0; times < 60; times += 1) {
      const gone = { progress, signal: AbortSignal.abort() };
      expect(
        await holder.wait(
          api(async () => pending),
          'req_1',
          gone,
          'm',
          'owner',
        ),
      ).toBeUndefined();
    }
    const lost = { progress: () => Promise.reject(new Error('connection lost')), signal };
    expect(
      await holder.wait(
        api(async () => pending),
        'req_1',
        lost,
        'm',
        'owner',
      ),
    ).toBeUndefined();
    const ended = { ...pending, status: 'approved' as const };
    expect(
      await holder.wait(
        api(async () => ended),
        'req_1',
        { progress, signal },
        'm',
        'owner',
      ),
    ).toEqual(ended);
  });

  it.each([
    ['fifty at most', 50, (index: number) => `owner ${String(index % 10)}`, 'another owner'],
    ['five of one person and client at most', 5, () => 'owner', 'owner'],
  ])('is one of %s; more come back at once', async (_, most, ownerOf, next) => {
    const holder = new CallHolder({ heldMs: 10_000, lookEveryMs });
    const waits = api(async () => pending);
    const leaving = new AbortController();
    const held = { progress: () => Promise.resolve(), signal: leaving.signal };
    const waiting = Array.from({ length: most }, (__, index) => holder.wait(waits, 'req_1', held, 'm', ownerOf(index)));
    let told = 0;
    const one = { progress: async () => void (told += 1), signal };
    expect(await holder.wait(waits, 'req_1', one, 'm', next)).toBeUndefined();
    expect(told).toBe(0);
    leaving.abort();
    await Promise.all(waiting);
    // Their places are free again.
    const ended = { ...pending, status: 'approved' as const };
    expect(
      await holder.wait(
        api(async () => ended),
        'req_1',
        one,
        'm',
        next,
      ),
    ).toEqual(ended);
  });

  it('of others is held while one person and client has all its places', async () => {
    const holder = new CallHolder({ heldMs: 10_000, lookEveryMs });
    const leaving = new AbortController();
    const held = { progress: () => Promise.resolve(), signal: leaving.signal };
    const waiting = Array.from({ length: 60 }, () =>
      holder.wait(
        api(async () => pending),
        'req_1',
        held,
        'm',
        'owner',
      ),
    );
    const ended = { ...pending, status: 'approved' as const };
    expect(
      await holder.wait(
        api(async () => ended),
        'req_1',
        held,
        'm',
        'another',
      ),
    ).toEqual(ended);
    leaving.abort();
    await Promise.all(waiting);
  });
});
