import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, test } from 'vitest';
import { clientAddress, networkOf, trustProxies } from '../../api/http/client-address.ts';
import { addressLimit } from '../../api/oauth/address-limit.ts';

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
])('%s and %s count together: %s', (one, other, together) => {
  expect(networkOf(one) === networkOf(other)).toBe(together);
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1', true],
  ['2001:db8:1:2::1', '2001:db8:2:2::1', false],
  ['192.0.2.1', '192.0.2.2', false],
])('%s and %s may be one customer’s: %s', (one, other, together) => {
  expect(networkOf(one, 48) === networkOf(other, 48)).toBe(together);
});

test('a browser that begins too many sign-ins is shown a page, and nothing of it goes on', async () => {
  let began = 0;
  const app = express().use('/begin', addressLimit('sign-ins', { points: 2, duration: 60 }), (_request, response) => {
    began += 1;
    response.end();
  });
  const http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const begin = () => fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/begin`);
  expect([(await begin()).status, (await begin()).status]).toEqual([200, 200]);
  const third = await begin();
  expect([third.status, third.headers.get('content-type'), began]).toEqual([429, 'text/html; charset=utf-8', 2]);
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  http.close();
});

describe('whom a request comes from', () => {
  const proxies = ['10.0.0.0/8', '192.0.2.1', 'fd00::/8'];

  test.each([
    // The connection, what X-Forwarded-For says, whom it comes from.
    ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['203.0.113.7', undefined, '203.0.113.7'],
    ['192.0.2.2', '198.51.100.1', '192.0.2.2'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '1.1.1.1, 198.51.100.1, 192.0.2.1', '198.51.100.1'],
    ['10.1.2.3', '10.9.9.9, 198.51.100.1', '198.51.100.1'],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['10.1.2.3', '198.51.100.1:49152', '198.51.100.1'],
    ['10.1.2.3', '1.1.1.1, 198.51.100.1:49152, 192.0.2.1:443', '198.51.100.1'],
    ['10.1.2.3', '[2001:db8::5]:49152', '2001:db8::5'],
    ['10.1.2.3', '[2001:db8::5]', '2001:db8::5'],
    ['10.1.2.3', '198.51.100.1, 203.0.113.7:443', '203.0.113.7'],
    ['203.0.113.7', '198.51.100.1:443', '203.0.113.7'],
  ])('connected from %s, forwarded for %s: %s', (socket, forwarded, address) => {
    expect(seenBy(proxies, socket, forwarded)).toBe(address);
  });

  test('is the connection as long as no proxy is named', () => {
    expect(seenBy([], '127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
    const untold = Object.assign(Object.create(express().request) as express.Request, {
      app: express(),
      headers: { 'x-forwarded-for': '198.51.100.1' },
      socket: { remoteAddress: '127.0.0.1' },
    });
    expect(clientAddress(untold)).toBe('127.0.0.1');
  });
});

/** What an app that trusts these proxies makes of a request. */
function seenBy(proxies: string[], remoteAddress: string, forwarded: string | undefined): string | undefined {
  const app = express();
  trustProxies(app, proxies);
  const request = Object.assign(Object.create(app.request) as express.Request, {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  });
  return clientAddress(request);
}
