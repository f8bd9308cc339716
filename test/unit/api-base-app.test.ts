import { request } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createBaseApp, notFoundHandler } from '../../api/http/base-app.ts';
import { httpListener, type HttpListener } from '../../api/http/listen.ts';
import { parseBody } from '../../api/http/parse.ts';
import { problemHandler } from '../../api/problems.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const logger = pino({ level: 'silent' });
let listener: HttpListener;

beforeAll(async () => {
  const app = createBaseApp({
    logger,
    server: 'auth',
    allowedHosts: ['localhost:8002', 'localhost.:8002'],
    publicUrl: 'http://localhost:8002',
  });
  app.post('/echo', (incoming, response) => {
    response.json(parseBody(z.object({ name: z.string().optional() }), incoming));
  });
  app.get('/own', () => {
    throw new DomainError('own_request', 'Not your own.', { details: { status: 200, request_id: 'r1' } });
  });
  app.get('/item/:id', (_incoming, response) => response.end());
  app.get('/bug', () => {
    throw new Error('the password is hunter2');
  });
  app.use(notFoundHandler, problemHandler(logger));
  listener = httpListener(app, 0);
  await listener.open();
});
afterAll(() => listener.close());

function call(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'localhost:8002', ...init.headers };
    const sent = request(
      { host: '127.0.0.1', port: listener.port(), path, method: init.method ?? 'GET', headers },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    sent.on('error', reject).end(init.body);
  });
}

const post = (body: string, contentType?: string) =>
  call('/echo', { method: 'POST', body, headers: contentType === undefined ? {} : { 'content-type': contentType } });

describe('problem documents', () => {
  test('a refusal has its status and code, and details never replace them', async () => {
    const answer = await call('/own');
    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      code: 'own_request',
      detail: 'Not your own.',
      request_id: 'r1',
    });
  });

  test('a bug says nothing about itself', async () => {
    const answer = await call('/bug');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('hunter2');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'internal_error' });
  });

  test.each([
    ['/nowhere', 404, 'not_found'],
    ['/item/%E0%A4%A', 400, 'invalid_request'],
  ])('%s is %i', async (path, status, code) => {
    const answer = await call(path);
    expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([status, code]);
  });
});

describe('bodies', () => {
  test.each([
    ['{"name":"a"}', 'application/json', 200, { name: 'a' }],
    ['name=a', 'application/x-www-form-urlencoded', 200, { name: 'a' }],
    ['', undefined, 200, {}],
    ['', 'application/json', 200, {}],
    ['{"name":1}', 'application/json', 400, { code: 'invalid_request', fields: [{ field: 'name' }] }],
    ['name=a&name=b', 'application/x-www-form-urlencoded', 400, { code: 'invalid_request' }],
    ['{"name', 'application/json', 400, { code: 'invalid_request' }],
    ['name', 'text/plain', 415, { code: 'unsupported_media_type' }],
  ])('case %#', async (body, contentType, status, expected) => {
    const answer = await post(body, contentType);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject(expected);
  });
});

test('a body over 64 kB is 413', async () => {
  expect((await post(JSON.stringify({ name: 'a'.repeat(70_000) }), 'application/json')).status).toBe(413);
});

describe('headers', () => {
  test('another Host is 421, whatever the path', async () => {
    for (const host of ['evil.example', 'localhost', 'localhost:8001', '127.0.0.1:8002']) {
      const answer = await call('/own', { headers: { host } });
      expect([host, answer.status]).toEqual([host, 421]);
    }
    expect((await call('/own', { headers: { host: 'LOCALHOST:8002' } })).status).toBe(403);
  });

  test('whoever comes by another of our names is sent to the right one and nowhere else', async () => {
    for (const path of ['//evil.example/', '/own?x=//evil.example', 'http://evil.example/own']) {
      const { status, headers } = await call(path, { headers: { host: 'localhost.:8002', accept: 'text/html' } });
      expect([path, status]).toEqual([path, 307]);
      expect(new URL(String(headers['location'])).origin).toBe('http://localhost:8002');
    }
  });

  test('pages are strict and send a referrer to their own origin only', async () => {
    const { headers } = await call('/nowhere');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe-|http:|https:|\*/);
  });
});
