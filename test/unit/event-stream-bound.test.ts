import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { expect, test } from 'vitest';
import { createStreamLimit } from '../../api/events/stream-limit.ts';
import { streamEvents } from '../../api/events/stream.ts';
import type { StoredEvent } from '../../activities/store/event-feed.ts';

/** As much of a response as a stream uses. */
class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  ended = false;
  readonly writableLength = 0;
  writeHead(): void {}
  flushHeaders(): void {}
  write(text: string): void {
    this.written.push(text);
  }
  end(): void {
    this.ended = true;
  }
}

function openStream(mayReceive: () => Promise<boolean>) {
  const response = new FakeResponse();
  const listeners = new Set<(event: StoredEvent) => void>();
  streamEvents(response as unknown as Response, {
    feed: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      ready: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    limit: createStreamLimit(),
    subject: 'usr_1',
    mayReceive,
    isStillAllowed: () => Promise.resolve(true),
    start: () => Promise.resolve({ kind: 'new', position: '0' }),
    maxWaiting: 10,
  });
  const announce = (n: number) => {
    for (const listener of [...listeners]) {
      listener({ position: String(n), kind: 'request', id: `req_${n}`, subject: 'usr_1', scopes: [] });
    }
  };
  return { response, announce, listeners };
}

test('a reader whose changes pile up is cut off, and nothing more is kept for it', async () => {
  let answer: (may: boolean) => void = () => undefined;
  const { response, announce, listeners } = openStream(() => new Promise((resolve) => (answer = resolve)));
  for (let n = 1; n <= 9; n += 1) announce(n);
  expect(response.ended).toBe(false);
  for (let n = 10; n <= 12; n += 1) announce(n);
  expect(response.ended).toBe(true);
  expect(listeners.size).toBe(0);
  answer(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(response.written.join('')).not.toContain('req_');
});

test('many changes one after the other are no pile', async () => {
  const { response, announce } = openStream(() => Promise.resolve(true));
  for (let n = 1; n <= 40; n += 1) {
    announce(n);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(response.ended).toBe(false);
  expect(response.written.filter((text) => text.includes('event: request'))).toHaveLength(40);
  response.emit('close');
});
