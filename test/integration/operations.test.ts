import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDatabase, checkMigrations } from '../../activities/store/readiness.ts';
import { startMetrics, type MetricsServer } from '../../cli/telemetry/metrics.ts';
import { startTraces } from '../../cli/telemetry/traces.ts';
import { connect } from '../../activities/store/connect.ts';
import { answered, askForApproval, say } from '../support/conversation.ts';
import { startPostgres } from '../support/embedded.ts';
import { keptLog } from '../support/kept-log.ts';
import { startProduct, type Product } from '../support/product.ts';
import { startTraceCollector, type CollectedSpan } from '../support/trace-collector.ts';
import { signedIn, visitor } from '../support/visitor.ts';

const log = keptLog();
let product: Product;
let metrics: MetricsServer;
let collector: Awaited<ReturnType<typeof startTraceCollector>>;
let stopTraces: () => Promise<void>;

beforeAll(async () => {
  // Before what it measures, as in a role's process.
  collector = await startTraceCollector();
  stopTraces = startTraces({ endpoint: collector.endpoint, service: 'countersign-test' });
  metrics = await startMetrics({ port: 0, database: () => product.database.db, logger: log.logger });
  product = await startProduct({ logger: log.logger });
}, 180_000);
afterAll(async () => {
  await metrics.close();
  await product.stop();
  await stopTraces();
  await collector.stop();
});

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

describe('metrics, after an approval and a grant by policy', () => {
  const scrape = async (): Promise<string> => (await fetch(`http://localhost:${metrics.port}/metrics`)).text();
  /** The value of a sample, by its name and some of its labels. */
  const sample = (text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined => {
    const line = text
      .split('\n')
      .find(
        (candidate) =>
          /^\w+/.exec(candidate)?.[0] === name &&
          Object.entries(labels).every(([label, value]) => candidate.includes(`${label}="${value}"`)),
      );
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
  };

  test('tell what happened', async () => {
    const text = await scrape();
    expect(sample(text, 'countersign_scope_requests', { status: 'approved' })).toBe(2);
    expect(sample(text, 'countersign_grants_active')).toBe(2);
    expect(sample(text, 'countersign_queue_depth', { queue: 'approval' })).toBe(0);
    expect(sample(text, 'countersign_resumes_total', { outcome: 'succeeded' })).toBe(1);
    expect(sample(text, 'countersign_mint_refusals_total', { kind: 'credential' })).toBe(0);
    expect(sample(text, 'countersign_time_to_decision_seconds', { quantile: '0.5' })).toBeGreaterThan(0);
    expect(sample(text, 'countersign_approval_to_resume_seconds', { quantile: '0.95' })).toBeGreaterThan(0);
    const answered = (server: string, status: string) =>
      sample(text, 'countersign_http_request_seconds_count', { server, status });
    expect(answered('auth', '503')).toBeGreaterThan(0);
    expect(answered('chat', '200')).toBeGreaterThan(0);
    expect(answered('mcp', '403')).toBeGreaterThan(0);
    expect(text).not.toContain('@example.com');
  });

  test('count a refusal of the mint', async () => {
    await product.database.pool.query(
      "insert into audit_events (type, actor, data) values ('decision.dropped', 'system', '{}')",
    );
    await expect
      .poll(async () => sample(await scrape(), 'countersign_mint_refusals_total', { kind: 'decision' }), {
        timeout: 10_000,
      })
      .toBe(1);
  });

  test('are for our own name alone, and nothing else is there', async () => {
    expect((await fetch(`http://localhost:${metrics.port}/`)).status).toBe(404);
    const status = await new Promise((resolve, reject) => {
      get(
        { host: '127.0.0.1', port: metrics.port, path: '/metrics', headers: { host: 'elsewhere.example' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      ).on('error', reject);
    });
    expect(status).toBe(421);
  });
});

test('one trace holds an approval: HTTP, Temporal, the activities of three roles and the tool', async () => {
  const { spans } = collector;
  const attribute = (span: CollectedSpan, key: string) =>
    span.attributes.find((candidate) => candidate.key === key)?.value.stringValue;
  const approval = () => spans.find((span) => attribute(span, 'url.path')?.startsWith('/api/approve/'));
  const trace = () => spans.filter(({ traceId }) => traceId === approval()?.traceId);
  await expect
    .poll(() => trace().map(({ name }) => name), { timeout: 10_000 })
    .toEqual(
      expect.arrayContaining([
        'POST auth',
        'signal approve',
        'activity judgeDecision',
        'activity mintGrant',
        'activity releaseCalls',
        'signal scopeResolved',
        'activity runCall',
        'POST mcp',
      ]),
    );
  const named = (name: string) => trace().find((span) => span.name === name);
  expect(named('signal approve')?.parentSpanId).toBe(approval()?.spanId);
  expect(named('activity mintGrant')?.parentSpanId).toBe(named('signal approve')?.spanId);
  expect(named('POST mcp')?.parentSpanId).toBe(named('activity runCall')?.spanId);
  expect(JSON.stringify(spans)).not.toContain('@example.com');
});
