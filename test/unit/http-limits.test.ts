import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createBaseApp, notFoundHandler } from '../../api/http/base-app.ts';
import { createHttpServer } from '../../api/http/http-server.ts';
import { methodGuard, pagesAt } from '../../api/http/method-guard.ts';
import { parseBody } from '../../api/http/parse.ts';
import { problemHandler } from '../../api/problems.ts';

const logger = pino({ level: 'silent' });
const limits = { headersTimeoutMs: 300, requestTimeoutMs: 600, keepAliveTimeoutMs: 65_000, maxHeaderBytes: 4_096 };
const stored: unknown[] = [];
const app = createBaseApp({ logger, server: 'auth', allowedHosts: ['localhost'], publicUrl: 'http://localhost' });
app.post('/store', (request, response) => {
  stored.push(parseBody(z.object({ name: z.string() }), request));
  response.json({ ok: true });
});
app.get('/endless', (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).write('begun');
});
const routes = [{ method: 'post', path: '/store' }, { method: 'get', path: '/item/{id}' }, ...pagesAt('/page/{*rest}')];
app.use(methodGuard(routes), notFoundHandler, problemHandler(logger));
const server = createHttpServer(app, limits);
let port: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = address !== null && typeof address === 'object' ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends these bytes and reads until the server closes. */
function raw(bytes: string, then?: (socket: Socket, text: string) => void): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      then?.(socket, text);
    });
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
}
const ok = () =>
  raw(
    'POST /store HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"x"}',
  );
const codeOf = (text: string): unknown => (JSON.parse(text.split('\r\n\r\n')[1] ?? '') as { code: unknown }).code;

describe('who holds a connection', () => {
  test.each([
    ['by headers that never end', 'POST /store HTTP/1.1\r\nHost: localhost\r\n'],
    ['by half of a request line', 'POS'],
    [
      'by a body that never ends',
      'POST /store HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"na',
    ],
  ])('%s is told so and let go, and others are served', async (_name, bytes) => {
    const before = stored.length;
    const answer = await raw(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(codeOf(answer)).toBe('request_timeout');
    expect(stored.length).toBe(before);
    expect(await ok()).toContain('200 OK');
  });

  test('who leaves in the middle of a body has stored nothing', async () => {
    const before = stored.length;
    const left = new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          'POST /store HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"y"',
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => resolve());
    });
    await left;
    expect(await ok()).toContain('200 OK');
    expect(stored.slice(before)).toEqual([{ name: 'x' }]);
  });

  test('an answer that takes long is left alone, and nothing is written into it', async () => {
    const text = await raw('GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n', (socket, sofar) => {
      if (sofar.includes('begun')) setTimeout(() => socket.write('\u0000 no HTTP'), limits.requestTimeoutMs + 600);
    });
    expect(text).toContain('begun');
    expect(text).not.toContain('problem');
  });
});

describe('what Node itself refuses is a problem document', () => {
  const request = (line: string, ...headers: string[]) => raw([line, ...headers, '', ''].join('\r\n'));
  test.each([
    ['headers too large', ['GET / HTTP/1.1', 'Host: localhost', `X: ${'x'.repeat(5_000)}`], 431, 'headers_too_large'],
    ['an address too long', [`GET /${'x'.repeat(5_000)} HTTP/1.1`, 'Host: localhost'], 431, 'headers_too_large'],
    [
      'many cookies',
      [
        'GET / HTTP/1.1',
        'Host: localhost',
        ...Array.from({ length: 200 }, (_, n) => `Cookie: c${n}=${'v'.repeat(30)}`),
      ],
      431,
      'headers_too_large',
    ],
    ['no HTTP at all', ['HELLO'], 400, 'invalid_request'],
    ['an unknown method', ['BREW / HTTP/1.1', 'Host: localhost'], 400, 'invalid_request'],
    [
      'two lengths',
      ['POST /store HTTP/1.1', 'Host: localhost', 'Content-Length: 1', 'Content-Length: 2'],
      400,
      'invalid_request',
    ],
    [
      'a length and chunks',
      ['POST /store HTTP/1.1', 'Host: localhost', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
      400,
      'invalid_request',
    ],
    ['a header with a line break', ['GET / HTTP/1.1', 'Host: localhost', 'X: a\rb'], 400, 'invalid_request'],
  ] as [string, string[], number, string][])('%s', async (_name, [line = '', ...headers], status, code) => {
    const answer = await request(line, ...headers);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    expect(codeOf(answer)).toBe(code);
    expect(await ok()).toContain('200 OK');
  });
});

describe('a method that an address does not have', () => {
  const call = (method: string, path: string) =>
    raw(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  test.each([
    ['GET', '/store', 'POST'],
    ['DELETE', '/item/7', 'GET, HEAD'],
    ['POST', '/item/7/', 'GET, HEAD'],
    ['PUT', '/page/a/b', 'GET, HEAD'],
  ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const answer = await call(method, path);
    expect(answer).toContain('HTTP/1.1 405 ');
    expect(answer).toMatch(new RegExp(`\r\nAllow: ${allow}\r\n`));
    expect(codeOf(answer)).toBe('method_not_allowed');
  });

  test('an address that there is not stays 404', async () => {
    for (const path of ['/item', '/item/7/8', '/stores', '/xstore']) expect(await call('PUT', path)).toContain('404');
  });
});
