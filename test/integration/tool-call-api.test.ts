import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { toolCallAnswerSchema, toolDescriptionSchema, type ToolCallAnswer } from '../../api/contract/tools.ts';
import { callTool, type ToolCallDeps } from '../../api/tools/call-tool.ts';
import { dashboardClientId } from '../../workflows/domain/clients.ts';
import { startProduct, type Product } from '../support/product.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

let product: Product;
let user: Visitor;
let admin: Visitor;

beforeAll(async () => {
  product = await startProduct();
  user = await signedIn(product.issuer, 'user@example.com');
  admin = await signedIn(product.issuer, 'admin@example.com');
});
afterAll(() => product.stop());

const call = async (who: Visitor, name: string, args: Record<string, unknown> = {}): Promise<ToolCallAnswer> => {
  const { status, body } = await who.post(`/api/tools/${name}/call`, { arguments: args });
  expect(status, JSON.stringify(body)).toBe(200);
  return toolCallAnswerSchema.parse(body);
};
const refusal = async (who: Visitor, path: string, headers = {}) => {
  const { status, body } = await who.post(path, { arguments: {} }, headers);
  return [status, problemSchema.parse(body).code];
};

describe('GET /api/tools/{name}', () => {
  it('says which arguments a tool takes', async () => {
    const { status, body } = await user.get('/api/tools/execute_command');
    expect(status).toBe(200);
    expect(toolDescriptionSchema.parse(body)).toMatchObject({
      name: 'execute_command',
      input_schema: { type: 'object', required: ['command'] },
      repeatable: false,
    });
  });

  it.each([
    ['no_such_tool', 404, 'not_found'],
    ['delete_user_data', 404, 'not_found'],
  ])('knows nothing of %s', async (name, status, code) => {
    const answer = await user.get(`/api/tools/${name}`);
    expect([answer.status, problemSchema.parse(answer.body).code]).toEqual([status, code]);
  });

  it('is for who is signed in', async () => {
    expect((await visitor(product.issuer).get('/api/tools/list_files')).status).toBe(401);
  });
});

describe('POST /api/tools/{name}/call', () => {
  it('runs eight calls of one person at the same time and refuses more, until they have ended', async () => {
    const many = await Promise.all(
      Array.from({ length: 40 }, () => user.post('/api/tools/health_check/call', { arguments: {} })),
    );
    const refused = many.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(many.length - refused.length).toBeGreaterThanOrEqual(8);
    for (const { status, body } of refused) {
      expect([status, problemSchema.parse(body)]).toEqual([
        429,
        expect.objectContaining({
          code: 'rate_limited',
          detail: expect.stringContaining('calls are running') as string,
        }),
      ]);
    }
    expect(await call(user, 'health_check')).toMatchObject({ status: 'succeeded' });
  });

  it('calls a tool without a scope, also with an empty body', async () => {
    expect(await call(user, 'health_check')).toMatchObject({ status: 'succeeded' });
    expect((await user.post('/api/tools/health_check/call')).status).toBe(200);
  });

  it('obtains at the first use what policy grants at once, once, for the dashboard, and shows no token', async () => {
    const answer = await call(user, 'list_files');
    expect(answer).toMatchObject({ status: 'succeeded' });
    expect(JSON.stringify(answer)).toContain('README.md');
    expect(JSON.stringify(answer)).not.toMatch(/eyJ/);
    await call(user, 'list_files');
    const grants = await product.database.db.selectFrom('grants').selectAll().execute();
    expect(grants).toMatchObject([{ client_id: dashboardClientId, scopes: ['read:files'] }]);
  });

  it('asks for nothing that needs somebody else, and says what is missing', async () => {
    expect(await call(admin, 'list_users')).toEqual({
      status: 'insufficient_scope',
      authorization_error: {
        error_type: 'authorization_error',
        tool_name: 'list_users',
        required_scope: 'admin:users',
        current_scopes: [],
        approval_type: 'admin_required',
        user_email: 'admin@example.com',
      },
    });
    const requests = await product.database.db.selectFrom('scope_requests').select('scopes').execute();
    expect(requests.flatMap(({ scopes }) => scopes)).not.toContain('admin:users');
  });

  it('tells what the tool said no to', async () => {
    const answer = await call(user, 'list_files', { path: '/etc' });
    expect(answer.status).toBe('failed');
    expect(await call(user, 'list_files', { path: 7 })).toMatchObject({ status: 'failed' });
  });

  it('is audited like every protected call', async () => {
    const called = await product.database.db
      .selectFrom('audit_events')
      .select(['type', 'client_id'])
      .where('type', 'in', ['tool.called', 'tool.refused'])
      .execute();
    expect(new Set(called.map(({ type }) => type))).toEqual(new Set(['tool.called', 'tool.refused']));
    expect(new Set(called.map(({ client_id }) => client_id))).toEqual(new Set([dashboardClientId]));
  });

  it.each([
    ['a tool that there is not', '/api/tools/no_such_tool/call', 404, 'not_found'],
    ['a tool of the prototype', '/api/tools/constructor/call', 404, 'not_found'],
    ['a tool of another server', '/api/tools/delete_user_data/call', 404, 'not_found'],
  ])('refuses %s', async (_name, path, status, code) => {
    expect(await refusal(user, path)).toEqual([status, code]);
  });

  it('is for the signed-in browser on our own pages only', async () => {
    const path = '/api/tools/health_check/call';
    expect(await refusal(visitor(product.issuer), path)).toEqual([401, 'not_signed_in']);
    expect(await refusal(user, path, { origin: 'http://evil.example' })).toEqual([403, 'cross_site_request']);
  });

  it('is not for clients with a token, which call the tool server themselves', async () => {
    const person = await findPersonByEmail(product.database.db, 'user@example.com');
    if (person === undefined) throw new Error('the demo account is missing');
    const deps = { mcpResource: product.mcpResource } as ToolCallDeps;
    const asked = callTool(deps, { kind: 'bearer', person, clientId: 'c' }, { name: 'health_check', arguments: {} });
    await expect(asked).rejects.toMatchObject({ code: 'client_not_allowed' });
  });

  it('answers 503 with a time to come back while the tool server is away, and nothing is lost', async () => {
    await product.roles.mcp.stop();
    const { status, headers, body } = await user.post('/api/tools/health_check/call', { arguments: {} });
    expect([status, problemSchema.parse(body).code]).toEqual([503, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body['detail']).toContain('Nothing has run');
    await product.roles.mcp.start();
    expect(await call(user, 'health_check')).toMatchObject({ status: 'succeeded' });
  });

  it('answers 503 when an elevated token is needed and the mint is away; plain tools go on', async () => {
    await product.roles.mint.stop();
    expect(await refusal(user, '/api/tools/list_files/call')).toEqual([503, 'temporarily_unavailable']);
    expect(await call(admin, 'health_check')).toMatchObject({ status: 'succeeded' });
    await product.roles.mint.start();
    expect(await call(user, 'list_files')).toMatchObject({ status: 'succeeded' });
  });
});
