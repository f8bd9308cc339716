import { readFile } from 'node:fs/promises';
import { InsufficientScopeError } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditType } from '../../activities/store/audit.ts';
import { clientDetailSchema } from '../../api/contract/clients.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { agentOf, registerAgent, type Agent } from '../support/agents.ts';
import { askForApproval, say } from '../support/conversation.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

const inBand = { countersign_authorization_errors: 'in_band' };
let product: Product;
let admin: Visitor;

beforeAll(async () => {
  const shipped = await readFile('countersign.policy.yaml', 'utf8');
  // Admins get what is critical at once.
  const policy = shipped.replace(/( {2}admin:users:\n(?: {4}.*\n)*? {4}granted_at_once_to: )\[\]/, '$1[admin]');
  expect(policy).not.toBe(shipped);
  product = await startProduct({ policy });
  admin = await signedIn(product.issuer, 'admin@example.com');
}, 60_000);
afterAll(() => product.stop());

const newAgent = async (metadata: object = inBand, email = 'demo@example.com'): Promise<Agent> =>
  agentOf(product, await registerAgent(product.issuer, { ...metadata }), email);

const requestsOf = (clientId: string) =>
  product.ownerDb.selectFrom('scope_requests').selectAll().where('client_id', '=', clientId).execute();

const auditedOf = async (clientId: string, type: AuditType) =>
  product.ownerDb
    .selectFrom('audit_events')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('type', '=', type)
    .execute();

describe('how a client is told what it lacks', () => {
  it('is by a challenge until the client or an admin says otherwise', async () => {
    const agent = await newAgent({});
    await expect(agent.call('list_users')).rejects.toBeInstanceOf(InsufficientScopeError);
    expect(await requestsOf(agent.clientId)).toEqual([]);
    const path = `/api/clients/${agent.clientId}`;
    expect(clientDetailSchema.parse((await admin.get(path)).body).client.authorization_errors).toBe('challenge');
    const set = await admin.post(`${path}/authorization-errors`, { mode: 'in_band' });
    expect(clientDetailSchema.parse(set.body).client.authorization_errors).toBe('in_band');
    expect((await agent.call('list_users')).isError).toBe(true);
    expect(await auditedOf(agent.clientId, 'client.errors_set')).toMatchObject([
      { data: { authorization_errors: 'in_band' } },
    ]);
    // From now on the admin's word stands.
    await admin.post(`${path}/authorization-errors`, { mode: 'challenge' });
    await expect(agent.call('list_users')).rejects.toBeInstanceOf(InsufficientScopeError);
  });

  it('is set by admins only, for no client of ours, and to nothing else', async () => {
    const { clientId } = await newAgent({});
    const path = (id: string) => `/api/clients/${id}/authorization-errors`;
    const auditor = await signedIn(product.issuer, 'auditor@example.com');
    expect((await auditor.post(path(clientId), { mode: 'in_band' })).status).toBe(403);
    expect((await admin.post(path(clientId), { mode: 'loudly' })).status).toBe(400);
    expect((await admin.post(path('no-such-client'), { mode: 'in_band' })).status).toBe(404);
    expect((await admin.post(path(chatClientId), { mode: 'in_band' })).body['code']).toBe('first_party_client');
    await expect(registerAgent(product.issuer, { countersign_authorization_errors: 'loudly' })).rejects.toThrow(
      'invalid_client_metadata',
    );
  });
});

describe('a refusal in band', () => {
  it('carries the structured error and the request already made; approved, the same call works at once', async () => {
    const agent = await newAgent();
    const token = await agent.token();
    const refused = await agent.call('list_users');
    const [request] = await requestsOf(agent.clientId);
    expect(refused.isError).toBe(true);
    expect(refused.structuredContent).toMatchObject({
      error_type: 'authorization_error',
      tool_name: 'list_users',
      required_scope: 'admin:users',
      current_scopes: [],
      approval_type: 'admin_required',
      user_email: 'demo@example.com',
      approval_request_id: request?.request_id,
      approval_url: `${product.issuer}/dashboard/requests/${request?.request_id}`,
    });
    expect(refused.content).toMatchObject([{ type: 'text', text: JSON.stringify(refused.structuredContent) }]);
    expect(JSON.stringify(refused)).not.toContain(token.split('.')[2]);
    expect(request).toMatchObject({ scopes: ['admin:users'], tool_name: 'list_users', status: 'pending' });
    expect(await auditedOf(agent.clientId, 'tool.refused')).toMatchObject([{ data: { in_band: true } }]);
    expect(await auditedOf(agent.clientId, 'tool.called')).toEqual([]);

    // Called again it joins the open request.
    expect((await agent.call('list_users')).structuredContent).toMatchObject({
      approval_request_id: request?.request_id,
    });
    expect((await admin.post(`/api/approve/${request?.request_id}`)).status).toBe(200);
    const done = await agent.call('list_users');
    expect([done.isError, done.structuredContent]).toMatchObject([undefined, { count: expect.any(Number) as number }]);
    expect(await auditedOf(agent.clientId, 'tool.called')).toHaveLength(1);
  });

  it('is one request however many arguments a client makes up that the tool does not take', async () => {
    const agent = await newAgent();
    for (let i = 0; i < 3; i += 1) expect((await agent.call('list_users', { i })).isError).toBe(true);
    expect(await requestsOf(agent.clientId)).toMatchObject([{ tool_args: {}, status: 'pending' }]);
  });

  it('is none where policy grants at once: the very call runs', async () => {
    const agent = await newAgent();
    const done = await agent.call('list_files', { path: '.' });
    expect(done.isError, JSON.stringify(done)).toBeUndefined();
    expect(await requestsOf(agent.clientId)).toMatchObject([{ status: 'approved', tool_args: { path: '.' } }]);
  });

  it('waits for the person where policy grants at once what is critical, while nobody has verified the client', async () => {
    const agent = await newAgent(inBand, 'admin@example.com');
    const refused = await agent.call('list_users');
    expect(refused.isError).toBe(true);
    const [request] = await requestsOf(agent.clientId);
    expect(request).toMatchObject({ status: 'pending', approval_type: 'self' });
    const path = `/consent/${request?.request_id}`;
    expect(refused.structuredContent).toMatchObject({ approval_type: 'self', approval_url: product.issuer + path });
    const allowed = await admin.post(`/api${path.replace('consent', 'consents')}`, { decision: 'allow' });
    expect(allowed.status, JSON.stringify(allowed.body)).toBe(200);
    expect((await agent.call('list_users')).isError).toBeUndefined();

    const named = await newAgent(inBand, 'admin@example.com');
    await admin.post(`/api/clients/${named.clientId}/name`, { name: 'Ours' });
    expect((await named.call('list_users')).isError).toBeUndefined();
  });

  it('ends with the grant: revoked, the next call asks anew', async () => {
    const agent = await newAgent();
    await agent.call('list_users');
    const [request] = await requestsOf(agent.clientId);
    await admin.post(`/api/approve/${request?.request_id}`);
    expect((await agent.call('list_users')).isError).toBeUndefined();
    const { grant_id: grantId } = await product.ownerDb
      .selectFrom('grants')
      .select('grant_id')
      .where('client_id', '=', agent.clientId)
      .executeTakeFirstOrThrow();
    expect((await admin.post(`/api/grants/${grantId}/revoke`)).status).toBe(200);
    expect((await agent.call('list_users')).isError).toBe(true);
  });

  it('lends nobody the grants of another client or another person', async () => {
    const agent = await newAgent();
    await agent.call('list_users');
    const [request] = await requestsOf(agent.clientId);
    await admin.post(`/api/approve/${request?.request_id}`);
    const another = await newAgent();
    expect((await another.call('list_users')).isError).toBe(true);
    const user = agentOf(product, agent.clientId, 'user@example.com');
    expect((await user.call('list_users')).isError).toBe(true);
    // And a client that is challenged has its token alone to go by.
    await admin.post(`/api/clients/${agent.clientId}/authorization-errors`, { mode: 'challenge' });
    await expect(agent.call('list_users')).rejects.toBeInstanceOf(InsufficientScopeError);
  });

  it('repeats the answer during the cool-down, to challenged clients as well, and asks nobody', async () => {
    for (const metadata of [inBand, {}]) {
      const agent = await newAgent(metadata);
      await admin.post(`/api/clients/${agent.clientId}/authorization-errors`, { mode: 'in_band' });
      await agent.call('list_users');
      const [request] = await requestsOf(agent.clientId);
      await admin.post(`/api/deny/${request?.request_id}`, { reason: 'Ask Ada in person.' });
      if (metadata !== inBand)
        await admin.post(`/api/clients/${agent.clientId}/authorization-errors`, { mode: 'challenge' });
      const { isError, structuredContent } = await agent.call('list_users');
      expect([isError, structuredContent]).toMatchObject([
        true,
        { required_scope: 'admin:users', approval_request_id: request?.request_id },
      ]);
      expect(structuredContent).toHaveProperty('message', expect.stringContaining('Ask Ada in person.'));
      expect(await requestsOf(agent.clientId)).toHaveLength(1);
    }
  });

  it('never comes to our own clients, whose pages ask', async () => {
    const demo = agentOf(product, chatClientId, 'demo@example.com');
    const page = await signedIn(product.chatUrl, 'demo@example.com');
    const reply = await say(page, '/users');
    const requestId = await askForApproval(page, reply, 'to see');
    await admin.post(`/api/deny/${requestId}`, { reason: 'No.' });
    await expect(demo.call('list_users')).rejects.toBeInstanceOf(InsufficientScopeError);
  });

  it('fits the output schema, which clients hold it to', async () => {
    const agent = await newAgent();
    const client = new ClientV1({ name: 'test', version: '1' });
    await client.connect(
      new TransportV1(new URL(product.mcpResource), {
        requestInit: { headers: { authorization: `Bearer ${await agent.token()}` } },
      }),
    );
    await client.listTools();
    const refused = await client.callTool({ name: 'list_users', arguments: {} });
    expect(refused).toMatchObject({ isError: true, structuredContent: { error_type: 'authorization_error' } });
    await client.close();
  });

  it('says so when nothing can be asked for, and makes no request', async () => {
    const agent = await newAgent();
    await product.roles.api.stop();
    const refused = await agent.call('list_users');
    await product.roles.api.start();
    expect(refused).toMatchObject({ isError: true, structuredContent: { required_scope: 'admin:users' } });
    expect(refused.structuredContent).not.toHaveProperty('approval_request_id');
    expect(await requestsOf(agent.clientId)).toEqual([]);
  });
});
