import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDatabase, checkMigrations } from '../../activities/store/readiness.ts';
import { connect } from '../../activities/store/connect.ts';
import { answered, askForApproval, say } from '../support/conversation.ts';
import { startPostgres } from '../support/embedded.ts';
import { keptLog } from '../support/kept-log.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, visitor } from '../support/visitor.ts';

const log = keptLog();
let product: Product;

beforeAll(async () => {
  product = await startProduct({ logger: log.logger });
}, 180_000);
afterAll(() => product.stop());

const origins = () => [product.issuer, product.chatUrl, new URL(product.mcpResource).origin];

describe('readiness', () => {
  test('every server is ready when everything runs', async () => {
    for (const origin of origins()) {
      expect(await visitor(origin).get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
      expect(await visitor(origin).get('/healthz')).toMatchObject({ status: 200 });
    }
  });

  test('the auth server is not ready without the mint, says so, and lives', async () => {
    await product.roles.mint.stop();
    try {
      await expect
        .poll(() => visitor(product.issuer).get('/readyz'), { timeout: 10_000 })
        .toMatchObject({ status: 503, body: { code: 'temporarily_unavailable', missing: ['mint'] } });
      const { headers } = await visitor(product.issuer).get('/readyz');
      expect(headers.get('retry-after')).not.toBeNull();
      expect((await visitor(product.issuer).get('/healthz')).status).toBe(200);
      // The others do not talk to it.
      expect((await visitor(product.chatUrl).get('/readyz')).status).toBe(200);
    } finally {
      await product.roles.mint.start();
    }
    await expect.poll(async () => (await visitor(product.issuer).get('/readyz')).status).toBe(200);
  });

  test('a schema of an older version is not ready, for either role', async () => {
    const postgres = await startPostgres();
    const owner = connect(postgres.ownerUrl, { max: 1 });
    const roles = [connect(postgres.appUrl, { max: 1 }), connect(postgres.mintUrl, { max: 1 })];
    try {
      for (const { db } of roles) await checkMigrations(db);
      await owner.pool.query('delete from kysely_migration where name = (select max(name) from kysely_migration)');
      for (const { db } of roles) await expect(checkMigrations(db)).rejects.toThrow('lacks');
      // The database itself answers.
      for (const { db } of roles) await checkDatabase(db);
    } finally {
      await Promise.all([owner, ...roles].map(({ close }) => close()));
      await postgres.stop();
    }
  });
});

describe('one id in every log', () => {
  const requestId = 'test-approval-0001';
  const entriesOf = (role: string) =>
    log.entries.filter((entry) => entry['role'] === role && entry['requestId'] === requestId);

  test('an approval is followed from the browser to the tool that runs because of it', async () => {
    const person = await signedIn(product.chatUrl, 'demo@example.com');
    const admin = await signedIn(product.issuer, 'admin@example.com');
    const reply = await say(person, '/users');
    const pending = await askForApproval(person, reply, 'to count them');
    const { status, headers } = await admin.post(`/api/approve/${pending}`, undefined, { 'X-Request-Id': requestId });
    expect(status).toBe(200);
    expect(headers.get('x-request-id')).toBe(requestId);
    expect((await answered(person, reply)).status).toBe('completed');

    expect(entriesOf('api')).toContainEqual(expect.objectContaining({ path: `/api/approve/${pending}`, status: 200 }));
    const activities = (role: string) => entriesOf(role).map((entry) => entry['activity']);
    expect(activities('worker')).toEqual(expect.arrayContaining(['judgeDecision', 'releaseCalls']));
    expect(activities('mint')).toContain('mintGrant');
    expect(activities('chat')).toContain('runCall');
    expect(entriesOf('mcp')).toContainEqual(expect.objectContaining({ method: 'POST', path: '/mcp', status: 200 }));
  });

  test('a message is followed from the chat to the auth server, which grants at once', async () => {
    const person = await signedIn(product.chatUrl, 'user@example.com');
    const { status } = await person.post('/chat', { message: '/ls' }, { 'X-Request-Id': 'test-message-0001' });
    expect(status).toBe(200);
    const seen = log.entries.filter((entry) => entry['requestId'] === 'test-message-0001');
    expect(seen).toContainEqual(expect.objectContaining({ role: 'chat', path: '/chat' }));
    expect(seen).toContainEqual(expect.objectContaining({ role: 'api', path: '/api/upgrade-scope', status: 200 }));
    expect(seen).toContainEqual(expect.objectContaining({ role: 'mcp', path: '/mcp', status: 403 }));
    expect(seen).toContainEqual(expect.objectContaining({ role: 'mcp', path: '/mcp', status: 200 }));
  });

  test('an id that could forge a line is not taken', async () => {
    const { headers } = await visitor(product.issuer).get('/healthz');
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    const response = await fetch(`${product.issuer}/healthz`, { headers: { 'X-Request-Id': 'a b","level":50' } });
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  test('no log holds a token, a cookie or an address of a person', () => {
    const text = JSON.stringify(log.entries);
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
    expect(text).not.toContain('@example.com');
  });
});
