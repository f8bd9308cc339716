import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishTask } from '../../activities/store/mcp-tasks.ts';
import { agentOf, registerAgent, type Agent } from '../support/agents.ts';
import { startProduct, type Product } from '../support/product.ts';
import { framed, rawDispatch } from '../support/task-client.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

let product: Product;
let admin: Visitor;

beforeAll(async () => {
  product = await startProduct();
  admin = await signedIn(product.issuer, 'admin@example.com');
}, 60_000);
afterAll(() => product.stop());

const newAgent = async (): Promise<Agent> => agentOf(product, await registerAgent(product.issuer), 'demo@example.com');

async function dispatch(agent: Agent, method: string, params: Record<string, unknown>) {
  const answer = await rawDispatch(product.mcpResource, agent, { method, params: framed(params) } as never);
  return answer as unknown as { result?: Record<string, unknown>; error?: { code: number } };
}

async function send(agent: Agent, method: string, params: Record<string, unknown>) {
  return (await dispatch(agent, method, params)).result ?? {};
}

/** A call that is parked. */
async function parked(agent: Agent, name = 'list_users', args: object = {}) {
  const { taskId } = await send(agent, 'tools/call', { name, arguments: args });
  expect(taskId).toMatch(/^task_/);
  const { request_id: requestId } = await product.ownerDb
    .selectFrom('mcp_tasks')
    .select('request_id')
    .where('task_id', '=', String(taskId))
    .executeTakeFirstOrThrow();
  return { taskId: String(taskId), requestId };
}

const approve = (requestId: string) => admin.post(`/api/approve/${requestId}`);
const look = (agent: Agent, taskId: string) => send(agent, 'tasks/get', { taskId });
const ran = { status: 'completed', result: { structuredContent: { count: expect.any(Number) as number } } };
const refused = {
  status: 'completed',
  result: { isError: true, structuredContent: { error_type: 'authorization_error', required_scope: 'admin:users' } },
};
const stored = (taskId: string) =>
  product.ownerDb.selectFrom('mcp_tasks').selectAll().where('task_id', '=', taskId).executeTakeFirstOrThrow();

async function callsOf(clientId: string): Promise<number> {
  const rows = await product.ownerDb
    .selectFrom('audit_events')
    .select('position')
    .where('client_id', '=', clientId)
    .where('type', '=', 'tool.called')
    .execute();
  return rows.length;
}

/** A task that has run and whose result was read. */
async function finished(agent: Agent): Promise<string> {
  const { taskId, requestId } = await parked(agent);
  await approve(requestId);
  expect(await look(agent, taskId)).toMatchObject(ran);
  expect(await look(agent, taskId)).toMatchObject(ran);
  return taskId;
}

describe('the result of a parked call', () => {
  it('is handed out no longer once its grant has been revoked', async () => {
    const agent = await newAgent();
    const taskId = await finished(agent);
    await admin.post(`/api/clients/${agent.clientId}/revoke-grants`);
    const answer = await look(agent, taskId);
    expect(answer).toMatchObject(refused);
    expect(JSON.stringify(answer)).not.toContain('admin@example.com');
  });

  it('is kept from a client while it is blocked', async () => {
    const agent = await newAgent();
    const taskId = await finished(agent);
    await admin.post(`/api/clients/${agent.clientId}/block`, { reason: 'Compromised.' });
    expect(await look(agent, taskId)).toMatchObject(refused);
  });

  it('is kept back during a freeze, and handed out after it', async () => {
    const agent = await newAgent();
    const taskId = await finished(agent);
    expect((await admin.post('/api/freeze', { reason: 'An incident.' })).status).toBeLessThan(300);
    const during = await look(agent, taskId);
    await admin.post('/api/freeze/lift', {});
    expect(during).toMatchObject(refused);
    expect(await look(agent, taskId)).toMatchObject(ran);
  });
});

describe('what a parked call has answered', () => {
  const grantOf = async (agent: Agent): Promise<string> =>
    (
      await product.ownerDb
        .selectFrom('grants')
        .select('grant_id')
        .where('client_id', '=', agent.clientId)
        .executeTakeFirstOrThrow()
    ).grant_id;

  it('is in the database no longer once its grant was revoked or handed back', async () => {
    const holder = await signedIn(product.issuer, 'demo@example.com');
    const ends = [
      async (id: string) => admin.post(`/api/grants/${id}/revoke`, { reason: 'Enough.' }),
      async (id: string) => holder.post(`/api/grants/${id}/return`),
    ];
    for (const end of ends) {
      const agent = await newAgent();
      const taskId = await finished(agent);
      expect((await stored(taskId)).result).not.toBeNull();
      expect((await end(await grantOf(agent))).status).toBe(200);
      expect(await stored(taskId)).toMatchObject({ result: null, tool_args: {} });
      expect(await look(agent, taskId)).toMatchObject(refused);
    }
  });

  it('does not come back with another grant of the same scope', async () => {
    const agent = await newAgent();
    const taskId = await finished(agent);
    await admin.post(`/api/clients/${agent.clientId}/revoke-grants`);
    const other = await parked(agent);
    await approve(other.requestId);
    expect(await look(agent, other.taskId)).toMatchObject(ran);
    expect(await look(agent, taskId)).toMatchObject(refused);
  });

  it('is not kept when its grant ends while it runs, which it says', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await approve(requestId);
    const begun = product.ownerDb.updateTable('mcp_tasks').set({ claimed_at: new Date() });
    await begun.where('task_id', '=', taskId).execute();
    await admin.post(`/api/clients/${agent.clientId}/revoke-grants`);
    await finishTask(product.ownerDb, taskId, { content: [{ type: 'text', text: 'admin@example.com' }] }, new Date());
    expect((await stored(taskId)).result).toBeNull();
    const answer = await look(agent, taskId);
    expect(answer).toMatchObject(refused);
    expect(JSON.stringify(answer)).toContain('its result is not kept');
  });
});

describe('calls that were parked before', () => {
  /** One that waits, one approved and one that has run. */
  async function threeOf(agent: Agent) {
    const user = 'nobody@example.com';
    const [waits, approved] = [
      await parked(agent, 'set_user_roles', { user, roles: ['user'] }),
      await parked(agent, 'set_user_roles', { user, roles: ['manager'] }),
    ];
    const has = await parked(agent);
    for (const { requestId } of [approved, has]) expect((await approve(requestId)).status).toBe(200);
    expect(await look(agent, has.taskId)).toMatchObject(ran);
    return [waits, approved, has];
  }

  /** The tasks are gone, and stay so when the same is granted anew. */
  async function expectGone(agent: Agent, before: { taskId: string; requestId: string }[]): Promise<void> {
    const calls = await callsOf(agent.clientId);
    const again = await parked(agent);
    expect(before.map(({ requestId }) => requestId)).not.toContain(again.requestId);
    await approve(again.requestId);
    for (const { taskId, requestId } of before) {
      // What was withdrawn cannot be approved any more.
      await approve(requestId);
      expect((await dispatch(agent, 'tasks/get', { taskId })).error?.code).toBe(-32_602);
    }
    expect(await callsOf(agent.clientId)).toBe(calls);
    const rows = product.ownerDb.selectFrom('mcp_tasks').select('task_id').where('client_id', '=', agent.clientId);
    expect(await rows.execute()).toEqual([{ task_id: again.taskId }]);
    expect(await look(agent, again.taskId)).toMatchObject(ran);
  }

  it('are gone when the person disconnects the client, connected again or not', async () => {
    const [agent, kept] = [await newAgent(), await newAgent()];
    const before = await threeOf(agent);
    const other = await finished(kept);
    const person = await signedIn(product.issuer, 'demo@example.com');
    const { status } = await person.post(`/api/connections/${encodeURIComponent(agent.clientId)}/disconnect`);
    expect(status).toBe(200);
    // Asking again connects it again.
    await expectGone(agent, before);
    expect(await look(kept, other)).toMatchObject(ran);
  });

  it('are gone when the account is disabled, enabled again or not', async () => {
    const agent = agentOf(product, await registerAgent(product.issuer), 'user@example.com');
    const before = await threeOf(agent);
    const { subject } = await product.ownerDb
      .selectFrom('people')
      .select('subject')
      .where('email', '=', 'user@example.com')
      .executeTakeFirstOrThrow();
    for (const action of ['disable', 'enable']) {
      expect((await admin.post(`/api/people/${subject}/${action}`, {})).status).toBe(200);
    }
    await expectGone(agent, before);
  });
});

describe('a parked call', () => {
  it('does not run under the grant of another request when its own has been revoked', async () => {
    const agent = await newAgent();
    const { taskId, requestId } = await parked(agent);
    await approve(requestId);
    await admin.post(`/api/clients/${agent.clientId}/revoke-grants`);
    const other = await parked(agent, 'set_user_roles', { user: 'user@example.com', roles: ['user'] });
    expect(other.requestId).not.toBe(requestId);
    await approve(other.requestId);
    expect(await look(agent, taskId)).toMatchObject({ status: 'completed', result: { isError: true } });
    expect(await callsOf(agent.clientId)).toBe(0);
    expect(await look(agent, other.taskId)).not.toHaveProperty('result.isError', true);
    expect(await callsOf(agent.clientId)).toBe(1);
  });

  it('leaves no arguments behind when it has run, was cancelled or was refused', async () => {
    const agent = await newAgent();
    const args = (roles: string) => ({ user: 'nobody@example.com', roles: [roles] });
    const [run, cancelled, denied] = [
      await parked(agent, 'set_user_roles', args('user')),
      await parked(agent, 'set_user_roles', args('manager')),
      await parked(agent, 'set_user_roles', args('developer')),
    ];
    expect((await stored(run.taskId)).tool_args).toEqual(args('user'));
    await send(agent, 'tasks/cancel', { taskId: cancelled.taskId });
    await admin.post(`/api/deny/${denied.requestId}`, { reason: 'No.' });
    expect((await stored(denied.taskId)).tool_args).toEqual({});
    await look(agent, denied.taskId);
    await approve(run.requestId);
    await look(agent, run.taskId);
    for (const { taskId } of [run, cancelled, denied]) expect((await stored(taskId)).tool_args).toEqual({});
  });
});

describe('parked and cancelled again and again', () => {
  it('there are fifty of one person and client at most', async () => {
    const agent = await newAgent();
    let kept = 0;
    for (let times = 0; times < 55; times += 1) {
      const { taskId } = await send(agent, 'tools/call', { name: 'list_users', arguments: {} });
      if (taskId === undefined) continue;
      kept += 1;
      await send(agent, 'tasks/cancel', { taskId });
    }
    expect(kept).toBe(50);
  });
});
