import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditType } from '../../activities/store/audit.ts';
import { dashboardClientId } from '../../workflows/domain/clients.ts';
import { agentOf, registerAgent, type Agent } from '../support/agents.ts';
import { startProduct, type Product } from '../support/product.ts';
import { framed, rawDispatch, taskSession } from '../support/task-client.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

let product: Product;
let admin: Visitor;

beforeAll(async () => {
  product = await startProduct();
  admin = await signedIn(product.issuer, 'admin@example.com');
}, 60_000);
afterAll(() => product.stop());

const newAgent = async (metadata: object = {}, email = 'demo@example.com'): Promise<Agent> =>
  agentOf(product, await registerAgent(product.issuer, { ...metadata }), email);

const requestOf = async (clientId: string) =>
  product.ownerDb.selectFrom('scope_requests').selectAll().where('client_id', '=', clientId).executeTakeFirstOrThrow();

const auditedOf = async (clientId: string, type: AuditType) =>
  (
    await product.ownerDb
      .selectFrom('audit_events')
      .select('position')
      .where('client_id', '=', clientId)
      .where('type', '=', type)
      .execute()
  ).length;

async function send(agent: Agent, method: string, params: Record<string, unknown>, declares = true) {
  const answer = await rawDispatch(product.mcpResource, agent, { method, params: framed(params, declares) } as never);
  return answer as unknown as { result?: Record<string, unknown>; error?: { code: number } };
}

/** A call that is parked. */
async function parked(agent: Agent): Promise<{ taskId: string; requestId: string }> {
  const { result } = await send(agent, 'tools/call', { name: 'list_users', arguments: {} });
  expect(result).toMatchObject({ resultType: 'task', status: 'working' });
  return { taskId: String(result?.['taskId']), requestId: (await requestOf(agent.clientId)).request_id };
}

describe('a client of the tasks extension', () => {
  it('gets a task for a call that needs approval, and its result once it is approved', async () => {
    const agent = await newAgent();
    const { session, close } = await taskSession(product.mcpResource, agent);
    const execution = await session.callTool('list_users', {});
    expect(execution.kind).toBe('task');
    const request = await requestOf(agent.clientId);
    expect(request).toMatchObject({ status: 'pending', tool_name: 'list_users', scopes: ['admin:users'] });
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(0);
    await admin.post(`/api/approve/${request.request_id}`);
    const { outcome } = await execution.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({
      structuredContent: { count: expect.any(Number) as number },
    });
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(1);
    await close();
  });

  it('gets the structured error as the result of a task that is denied', async () => {
    const agent = await newAgent();
    const { session, close } = await taskSession(product.mcpResource, agent);
    const execution = await session.callTool('list_users', {});
    const { request_id: requestId } = await requestOf(agent.clientId);
    await admin.post(`/api/deny/${requestId}`, { reason: 'Ask Ada.' });
    const { outcome } = await execution.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({
      isError: true,
      structuredContent: {
        error_type: 'authorization_error',
        required_scope: 'admin:users',
        approval_request_id: requestId,
        message: expect.stringContaining('Ask Ada.') as string,
      },
    });
    // Called again during the cool-down there is nothing to wait for.
    expect((await session.callTool('list_users', {})).kind).toBe('immediate');
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(0);
    await close();
  });

  it('gets no task for what needs no approval, or is granted at once', async () => {
    const agent = await newAgent();
    const { session, close } = await taskSession(product.mcpResource, agent);
    for (const name of ['health_check', 'list_files']) {
      const execution = await session.callTool(name, {});
      expect(execution.kind).toBe('immediate');
      expect(resultFromTaskOutcome((await execution.settle()).outcome)).not.toHaveProperty('isError', true);
    }
    await close();
  });

  it('says where it is decided, and how often to look', async () => {
    const agent = await newAgent();
    const { result } = await send(agent, 'tools/call', { name: 'list_users', arguments: {} });
    const { request_id: requestId } = await requestOf(agent.clientId);
    expect(result).not.toHaveProperty('isError');
    const { result: later } = await send(agent, 'tasks/get', { taskId: String(result?.['taskId']) });
    for (const said of [result?.['statusMessage'], later?.['statusMessage']]) {
      expect(said).toContain(`${product.issuer}/dashboard/requests/${requestId}`);
      // Whoever calls again as well would have it run twice.
      expect(said).toContain('goes on by itself: ask after it with tasks/get, and do not call list_users again');
    }
    expect(result).toMatchObject({ pollIntervalMs: 2_000, ttlMs: expect.any(Number) as number });
  });

  it('is cancelled: its call does not run, whatever is decided then; the request stays', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    expect((await send(agent, 'tasks/cancel', { taskId })).result).toMatchObject({ resultType: 'complete' });
    await admin.post(`/api/approve/${requestId}`);
    expect((await send(agent, 'tasks/get', { taskId })).result).toMatchObject({ status: 'cancelled' });
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(0);
  });

  it('runs its call once, however many ask after it at the same time', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await admin.post(`/api/approve/${requestId}`);
    await Promise.all(Array.from({ length: 8 }, () => send(agent, 'tasks/get', { taskId })));
    await expect
      .poll(async () => (await send(agent, 'tasks/get', { taskId })).result)
      .toMatchObject({ status: 'completed', result: { structuredContent: { count: expect.any(Number) as number } } });
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(1);
  });

  it('outlives a restart of the tools and of the auth server while it waits', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await product.roles.mcp.stop();
    await product.roles.api.stop();
    await product.roles.api.start();
    await admin.post(`/api/approve/${requestId}`);
    await product.roles.mcp.start();
    expect((await send(agent, 'tasks/get', { taskId })).result).toMatchObject({
      status: 'completed',
      result: { resultType: 'complete', structuredContent: { count: expect.any(Number) as number } },
    });
  });

  it('runs nothing when the grant has ended before anybody asked after it', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await admin.post(`/api/approve/${requestId}`);
    await admin.post(`/api/clients/${agent.clientId}/revoke-grants`);
    expect((await send(agent, 'tasks/get', { taskId })).result).toMatchObject({
      status: 'completed',
      result: { isError: true, structuredContent: { error_type: 'authorization_error' } },
    });
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(0);
  });

  it('says that the end is not known of a call whose server was gone in the middle, and does not repeat it', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await admin.post(`/api/approve/${requestId}`);
    await product.ownerDb
      .updateTable('mcp_tasks')
      .set({ claimed_at: new Date(Date.now() - 120_000) })
      .where('task_id', '=', taskId)
      .execute();
    expect((await send(agent, 'tasks/get', { taskId })).result).toMatchObject({
      status: 'completed',
      result: { isError: true },
    });
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(0);
  });
});

describe('many parked calls', () => {
  it('are fifty of one person and client at most; the next one is answered in its result', async () => {
    const agent = await newAgent();
    const answers: Record<string, unknown>[] = [];
    for (let times = 0; times < 51; times += 1) {
      const { result } = await send(agent, 'tools/call', { name: 'list_users', arguments: {} });
      answers.push(result ?? {});
    }
    expect(answers.filter(({ resultType }) => resultType === 'task')).toHaveLength(50);
    expect(answers.at(-1)).toMatchObject({
      isError: true,
      structuredContent: { error_type: 'authorization_error', approval_request_id: expect.any(String) as string },
    });
    const another = await newAgent();
    expect((await parked(another)).taskId).toMatch(/^task_/);
  });
});

describe('tasks are not there', () => {
  it('for another person, another client, or an id that was never given', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await admin.post(`/api/approve/${requestId}`);
    const others = [await newAgent(), agentOf(product, agent.clientId, 'user@example.com')];
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const more = method === 'tasks/update' ? { inputResponses: {} } : {};
      for (const other of others) {
        expect((await send(other, method, { taskId, ...more })).error?.code).toBe(-32_602);
      }
      expect((await send(agent, method, { taskId: 'task_none', ...more })).error?.code).toBe(-32_602);
    }
    expect(await auditedOf(agent.clientId, 'tool.called')).toBe(0);
    expect((await send(agent, 'tasks/get', { taskId })).result).toMatchObject({ status: 'completed' });
  });

  it('for a request that does not declare the extension', async () => {
    const agent = await newAgent();
    const { taskId } = await parked(agent);
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const { error } = await send(agent, method, { taskId }, false);
      expect(error).toMatchObject({
        code: -32_021,
        data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
      });
    }
    // Its calls are challenged as everybody's.
    const response = await send(agent, 'tools/call', { name: 'list_users', arguments: {} }, false);
    expect(response.error).toBe('insufficient_scope');
  });

  it('for our own clients, whose pages ask', async () => {
    const dashboard = agentOf(product, dashboardClientId, 'demo@example.com');
    const response = await send(dashboard, 'tools/call', { name: 'list_users', arguments: {} });
    expect(response.error).toBe('insufficient_scope');
  });
});

describe('a client in band that holds its call', () => {
  it('is told how it goes, and gets the result when it is approved meanwhile', async () => {
    const agent = await newAgent({ countersign_authorization_errors: 'in_band' });
    const client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(product.mcpResource), { authProvider: { token: agent.token } }),
    );
    const told: (string | undefined)[] = [];
    const done = await client.callTool(
      { name: 'list_users', arguments: {} },
      {
        resetTimeoutOnProgress: true,
        onprogress: ({ message }) => {
          told.push(message);
          if (told.length > 1) return;
          void requestOf(agent.clientId).then(({ request_id: id }) => admin.post(`/api/approve/${id}`));
        },
      },
    );
    expect(done.structuredContent, JSON.stringify(done)).toMatchObject({ count: expect.any(Number) as number });
    expect(told[0]).toContain('waits for another person');
    await client.close();
  });
});
