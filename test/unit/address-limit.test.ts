import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { addressLimit, networkOf } from '../../api/oauth/address-limit.ts';

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
])('%s and %s count together: %s', (one, other, together) => {
  expect(networkOf(one) === networkOf(other)).toBe(together);
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
