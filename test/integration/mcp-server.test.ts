import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, InsufficientScopeError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callDigest } from '../../activities/store/call-digest.ts';
import {
  startResourceServer,
  testKey,
  testPolicy,
  testResource,
  type TestResourceServer,
} from '../support/mcp-resource-server.ts';

let workspace: string;
let rs: TestResourceServer;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'countersign-mcp-'));
  // As root, commands run under another account, which must be able to look in.
  await chmod(workspace, 0o755);
  await writeFile(join(workspace, 'notes.txt'), 'seven words are in this little file\n');
  rs = await startResourceServer(workspace);
});
afterAll(async () => {
  await rs.stop();
  await rm(workspace, { recursive: true, force: true });
});
beforeEach(() => {
  rs.authority.entries.length = 0;
  rs.authority.live.clear();
  rs.authority.away.clear();
  rs.authority.livePolicy = testPolicy();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function modernClient(token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(rs.url, {
    authProvider: { token: async () => token },
    onInsufficientScope: 'throw',
  });
  cleanups.push(() => client.close());
  await client.connect(transport);
  return client;
}

async function legacyClient(token: string): Promise<ClientV1> {
  const client = new ClientV1({ name: 'test', version: '1' });
  cleanups.push(() => client.close());
  const transport = new TransportV1(rs.url, { requestInit: { headers: { authorization: `Bearer ${token}` } } });
  await client.connect(transport);
  return client;
}

/** A bare legacy-era call, to see status, headers and body. */
function post(token: string | undefined, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(rs.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function call(name: string, args: Record<string, unknown> = {}, id = 1): Record<string, unknown> {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}

/** A token with live grants for its elevated scopes. */
async function grantedToken(scopes: string[], claims: Record<string, unknown> = {}): Promise<string> {
  const jti = crypto.randomUUID();
  rs.authority.live.set(
    jti,
    scopes.map((scope) => ({ scope, grantId: `grant-${scope}` })),
  );
  return rs.token(['none', ...scopes].join(' '), { claims: { jti, ...claims } });
}

function skipWithoutSandbox(skip: (note: string) => void): void {
  const reason = rs.server.withheldTools.find(({ name }) => name === 'execute_command')?.reason;
  if (reason !== undefined) skip(reason);
}

describe('signing in is asked for', () => {
  it('challenges a request without a token and points at the metadata', async () => {
    const response = await post(undefined, call('health_check'));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(
      'resource_metadata="http://localhost:8001/.well-known/oauth-protected-resource/mcp"',
    );
    // Not everything there is: signing in is not the time to ask for it.
    expect(response.headers.get('www-authenticate')).toContain('scope="none"');
    expect(rs.authority.entries).toEqual([]);
  });

  it('serves the metadata', async () => {
    const response = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', rs.url));
    expect(await response.json()).toMatchObject({
      resource: testResource,
      authorization_servers: ['http://localhost:8002'],
      scopes_supported: ['none'],
    });
  });
});

describe('bad tokens are 401 and audited', () => {
  const past = Math.floor(Date.now() / 1_000) - 10;
  const bad: [string, () => Promise<string>][] = [
    ['another audience', () => rs.token('none', { claims: { aud: 'http://localhost:8002/api' } })],
    ['two audiences', () => rs.token('none', { claims: { aud: [testResource, 'http://localhost:8002/api'] } })],
    ['another issuer', () => rs.token('none', { claims: { iss: 'http://localhost:9999' } })],
    ['another type', () => rs.token('none', { header: { typ: 'JWT' } })],
    ['expired', () => rs.token('none', { claims: { exp: past } })],
    ['bound to a key', () => rs.token('none', { claims: { cnf: { jkt: 'a thumbprint' } } })],
    ['no jti', () => rs.token('none', { claims: { jti: undefined } })],
    ['client_id of a wrong type', () => rs.token('none', { claims: { client_id: 7 } })],
    ['an unknown key', async () => rs.token('none', { key: await testKey('other', 'base') })],
    [
      'a key that claims to be the mint’s',
      async () => rs.token('none read:files', { key: await testKey('mint-1', 'elevated') }),
    ],
    ['elevated scopes signed by the base key', () => rs.token('none read:files', { key: rs.baseKey })],
    ['a disabled account', () => rs.token('none', { claims: { sub: 'usr_gone' } })],
    ['an unknown account', () => rs.token('none', { claims: { sub: 'usr_nobody' } })],
    [
      'no signature at all',
      async () => {
        const [, payload] = (await rs.token('none')).split('.');
        return `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: 'base-1' })).toString('base64url')}.${payload}.`;
      },
    ],
    [
      'a changed payload',
      async () => {
        const [header, payload, signature] = (await rs.token('none')).split('.');
        const changed = Object.assign(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object, {
          sub: 'usr_admin',
        });
        return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
      },
    ],
    ['not a token', async () => 'hello'],
  ];

  it.each(bad)('%s', async (_name, make) => {
    const response = await post(await make(), call('health_check'));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_token' });
    expect(rs.authority.entries).toMatchObject([{ type: 'token.refused', actor: 'anonymous' }]);
  });

  it('accepts the token that these were made from', async () => {
    expect((await post(await rs.token('none'), call('health_check'))).status).toBe(200);
  });
});

describe('insufficient scope', () => {
  it('names held and needed scopes, and carries both kinds of error fields', async ({ skip }) => {
    skipWithoutSandbox(skip);
    const response = await post(
      await grantedToken(['read:files']),
      call('execute_command', { command: 'ps aux | head -5' }),
    );
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toMatch(/scope="execute:commands none read:files"/);
    expect(challenge).toContain('resource_metadata=');
    expect(await response.json()).toEqual({
      error: 'insufficient_scope',
      error_description: 'execute_command needs the scope execute:commands',
      error_type: 'authorization_error',
      tool_name: 'execute_command',
      required_scope: 'execute:commands',
      current_scopes: ['read:files'],
      approval_type: 'admin_required',
      user_email: 'demo@example.com',
    });
  });

  it('is audited by digest, without arguments or addresses', async () => {
    await post(await rs.token('none'), call('list_files', { path: 'a-folder' }));
    expect(rs.authority.entries).toMatchObject([
      {
        type: 'tool.refused',
        actor: 'usr_dev',
        clientId: 'countersign-chat',
        scopes: ['read:files'],
        data: {
          tool: 'list_files',
          argument_digest: callDigest({ server: testResource, tool: 'list_files', arguments: { path: 'a-folder' } }),
        },
      },
    ]);
    expect(JSON.stringify(rs.authority.entries)).not.toMatch(/a-folder|example\.com/);
  });

  it.each([
    ['list_files', 'usr_dev', 'auto'],
    ['execute_command', 'usr_admin', 'auto'],
    ['list_users', 'usr_admin', 'admin_required'],
  ])('advises on %s for %s: %s', async (tool, sub, approvalType) => {
    if (tool === 'execute_command' && rs.server.withheldTools.length > 0) return;
    const response = await post(await rs.token('none', { claims: { sub } }), call(tool, { command: 'date' }));
    expect(await response.json()).toMatchObject({ approval_type: approvalType, current_scopes: [] });
  });

  it('answers 403, not 401, when the grant of a valid token has ended', async () => {
    const token = await grantedToken(['read:files']);
    expect((await post(token, call('list_files'))).status).toBe(200);
    rs.authority.live.clear();
    const response = await post(token, call('list_files'));
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ current_scopes: [] });
  });

  it('does not take a live scope that the token does not carry', async () => {
    const jti = crypto.randomUUID();
    rs.authority.live.set(jti, [{ scope: 'admin:users', grantId: 'g' }]);
    expect((await post(await rs.token('none read:files', { claims: { jti } }), call('list_users'))).status).toBe(403);
  });

  it('obeys a deny rule that came after the grant', async () => {
    const token = await grantedToken(['read:files']);
    rs.authority.livePolicy = testPolicy({
      deny: [{ scopes: ['read:files'], roles: ['developer'], clients: [], reason: 'no' }],
    });
    const response = await post(token, call('list_files'));
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ approval_type: 'forbidden' });
  });

  it('takes the scope of a tool from the live policy', async () => {
    rs.authority.livePolicy = testPolicy({ tools: { list_files: { scope: 'admin:users' } } });
    expect(await (await post(await grantedToken(['read:files']), call('list_files'))).json()).toMatchObject({
      required_scope: 'admin:users',
    });
  });

  it('refuses a batch that holds one call too many, and runs none of it', async () => {
    const response = await post(
      await grantedToken(['read:files']),
      [call('list_files', {}, 1), call('list_users', {}, 2)],
      { 'mcp-protocol-version': '2025-03-26' },
    );
    expect(response.status).toBe(403);
    expect(rs.authority.entries).toMatchObject([
      { type: 'tool.called', data: { tool: 'list_files' } },
      { type: 'tool.refused', data: { tool: 'list_users' } },
      { type: 'tool.finished', data: { tool: 'list_files', outcome: 'not_run' } },
    ]);
  });
});

describe('when the database is away', () => {
  it.for([
    ['standing', 'list_files', 'read:files'],
    ['startCall', 'execute_command', 'execute:commands'],
  ] as const)('answers 503 with Retry-After (%s)', async ([part, tool, scope], { skip }) => {
    if (tool === 'execute_command') skipWithoutSandbox(skip);
    const token = await grantedToken([scope]);
    rs.authority.away.add(part);
    const response = await post(token, call(tool, { command: 'echo hi' }));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'temporarily_unavailable' });
  });

  it.each(['startCall', 'audit'] as const)('withholds a result that cannot be recorded (%s)', async (part) => {
    const client = await legacyClient(await grantedToken(['read:files']));
    rs.authority.away.add(part);
    const result = await client.callTool({ name: 'list_files', arguments: {} });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).not.toContain('notes.txt');
  });
});

describe.each([
  ['modern', modernClient],
  ['legacy', legacyClient],
] as const)('a %s client', (_era, connect) => {
  it('lists the tools with annotations', async () => {
    const { tools } = await (await connect(await rs.token('none'))).listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['get_server_info', 'health_check', 'list_tool_scopes', 'list_files', 'list_users']),
    );
    expect(tools.find(({ name }) => name === 'list_files')?.annotations).toMatchObject({ readOnlyHint: true });
  });

  it('calls tools that need no scope, unaudited', async () => {
    const client = await connect(await rs.token('none'));
    const info = await client.callTool({ name: 'get_server_info', arguments: {} });
    expect(info.structuredContent).toMatchObject({
      name: 'countersign',
      version: '0.0.0-test',
      resource: testResource,
    });
    const scopes = await client.callTool({ name: 'list_tool_scopes', arguments: {} });
    expect((scopes.structuredContent as { tools: unknown[] }).tools).toContainEqual({
      tool: 'list_files',
      scope: 'read:files',
      description: 'about low',
      risk: 'low',
      security_level: 'MEDIUM',
      hosted: true,
      approval_type: 'auto',
    });
    expect((scopes.structuredContent as { tools: unknown[] }).tools).toContainEqual({
      tool: 'delete_user_data',
      scope: 'admin:users',
      description: 'about critical',
      risk: 'critical',
      security_level: 'HIGH',
      hosted: false,
      approval_type: 'admin_required',
    });
    expect(rs.authority.entries).toEqual([]);
  });

  it('calls a protected tool, audited with its grant', async () => {
    const client = await connect(await grantedToken(['read:files']));
    const result = await client.callTool({ name: 'list_files', arguments: {} });
    expect(result.structuredContent).toMatchObject({
      path: '.',
      count: 1,
      entries: [{ name: 'notes.txt', type: 'file', size: 36 }],
    });
    expect(rs.authority.entries).toMatchObject([
      {
        type: 'tool.called',
        actor: 'usr_dev',
        grantId: 'grant-read:files',
        scopes: ['read:files'],
        data: { tool: 'list_files' },
      },
      { type: 'tool.finished', grantId: 'grant-read:files', data: { tool: 'list_files', outcome: 'succeeded' } },
    ]);
  });

  it('leaves an entry of a call whose arguments no tool takes', async () => {
    const client = await connect(await grantedToken(['read:files']));
    await client.callTool({ name: 'list_files', arguments: { path: 123 } }).catch(() => undefined);
    await expect.poll(() => rs.authority.entries).toHaveLength(2);
    expect(rs.authority.entries).toMatchObject([
      { type: 'tool.called', data: { tool: 'list_files' } },
      { type: 'tool.finished', data: { tool: 'list_files', outcome: 'not_run' } },
    ]);
  });

  it('does not begin under a grant that ended after it was looked up', async () => {
    const client = await connect(await grantedToken(['read:files']));
    const { startCall } = rs.authority;
    rs.authority.startCall = () => Promise.resolve(false);
    const result = await client.callTool({ name: 'list_files', arguments: {} });
    rs.authority.startCall = startCall;
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).not.toContain('notes.txt');
    expect(rs.authority.entries).toMatchObject([{ type: 'tool.finished', data: { outcome: 'withheld' } }]);
  });

  it('changes nothing under a grant that ended after it was looked up', async ({ skip }) => {
    skipWithoutSandbox(skip);
    const client = await connect(await grantedToken(['execute:commands']));
    const { startCall } = rs.authority;
    rs.authority.startCall = () => Promise.resolve(false);
    await expect(client.callTool({ name: 'execute_command', arguments: { command: 'echo hi' } })).rejects.toThrow();
    rs.authority.startCall = startCall;
    expect(rs.authority.entries.map(({ type }) => type)).toEqual(['tool.refused']);
  });

  it('sees a refusal of a tool as a failed result, audited', async () => {
    const client = await connect(await grantedToken(['read:files']));
    const result = await client.callTool({ name: 'list_files', arguments: { path: '../..' } });
    expect(result.isError).toBe(true);
    expect(rs.authority.entries).toMatchObject([
      { type: 'tool.called' },
      { type: 'tool.finished', data: { outcome: 'failed' } },
    ]);
  });

  it('lists users without anything to sign in with', async () => {
    const result = await (
      await connect(await grantedToken(['admin:users'], { sub: 'usr_admin' }))
    ).callTool({ name: 'list_users', arguments: {} });
    expect(result.structuredContent).toMatchObject({ count: 3 });
    expect(JSON.stringify(result)).not.toMatch(/password|hash/);
  });

  it('runs a command', async ({ skip }) => {
    skipWithoutSandbox(skip);
    const client = await connect(await grantedToken(['execute:commands']));
    const result = await client.callTool({ name: 'execute_command', arguments: { command: 'cat notes.txt | wc -w' } });
    expect(result.structuredContent).toMatchObject({
      stdout: '7\n',
      stderr: '',
      exit_code: 0,
      truncated: false,
      sandboxed: true,
    });
  });
});

describe('clients meeting a challenge', () => {
  it('throws at the v2 client what it needs', async () => {
    const client = await modernClient(await grantedToken(['read:files']));
    const refused = client.callTool({ name: 'list_users', arguments: {} });
    await expect(refused).rejects.toThrow(InsufficientScopeError);
    await expect(refused).rejects.toMatchObject({ requiredScope: 'admin:users none read:files' });
  });

  it('fails the v1 client’s call', async () => {
    const client = await legacyClient(await rs.token('none'));
    await expect(client.callTool({ name: 'list_users', arguments: {} })).rejects.toThrow();
  });
});

describe('the edges of HTTP', () => {
  it('runs nothing of a batch in which two calls share an id, so that no call is audited as another', async () => {
    const token = await grantedToken(['read:files']);
    const batch = [call('list_files', { path: '.' }), call('list_files', { path: 'notes' })];
    const response = await post(token, batch, { 'mcp-protocol-version': '2025-03-26' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request' });
    const ended = rs.authority.entries.filter(({ type }) => type === 'tool.finished');
    expect(ended).toMatchObject([{ data: { outcome: 'not_run' } }]);
  });

  it('refuses another Host', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(
        { host: '127.0.0.1', port: rs.server.port, path: '/mcp', headers: { host: 'evil.example' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('answers preflights without reading cookies', async () => {
    const response = await fetch(rs.url, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('refuses a body beyond the limit', async () => {
    const response = await post(await rs.token('none'), call('list_files', { path: 'x'.repeat(300_000) }));
    expect(response.status).toBe(413);
  });

  it('has no sessions and no stream to open', async () => {
    const response = await fetch(rs.url, {
      headers: { authorization: `Bearer ${await rs.token('none')}`, accept: 'text/event-stream' },
    });
    expect(response.status).toBe(405);
  });
});
