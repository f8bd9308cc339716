import { createServer, type Server } from 'node:http';
import { createMcpHandler, McpServer, type McpHttpHandler } from '@modelcontextprotocol/server';
import { protect } from 'countersign/express';
import { resourceServer } from 'countersign/mcp';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../cli/embedded/free-port.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { addNotes } from '../support/notes-resource.ts';
import { mcpClientHeaders } from '../support/mcp-headers.ts';
import { notesClient } from '../support/protected-notes.ts';

let server: TestAuthServer;
let notes: ReturnType<typeof notesClient>;
let address: string;
let countersign: ReturnType<typeof resourceServer>;
/** What was reached. */
const reached: string[] = [];
let http: Server;

/** Somebody's server most of which was not registered with what protects it. */
function careless(): McpServer {
  const mcp = new McpServer({ name: 'careless', version: '1.0.0' });
  const ran = (name: string) => {
    reached.push(name);
    return { content: [{ type: 'text' as const, text: `${name} ran` }] };
  };
  const text = z.object({ text: z.string() });
  countersign.tool(mcp, { name: 'add_note', scope: 'write:notes', description: 'Adds', inputSchema: text }, () =>
    ran('add_note'),
  );
  mcp.registerTool('bare', { inputSchema: text }, () => ran('bare'));
  mcp.registerResource('secret', 'notes://secret', {}, () => {
    reached.push('secret');
    return { contents: [{ uri: 'notes://secret', text: 'secret' }] };
  });
  mcp.registerPrompt('draft', {}, () => {
    reached.push('draft');
    return { messages: [] };
  });
  mcp.server.registerCapabilities({ completions: {} });
  mcp.server.setRequestHandler('completion/complete', () => {
    reached.push('completion');
    return { completion: { values: [] } };
  });
  mcp.server.setRequestHandler('notes/wipe', { params: z.object({}) }, async () => {
    reached.push('wipe');
    return {};
  });
  return mcp;
}

/** Serves at the address of the resource: one handler at a time. */
let current: McpHttpHandler;

/** Sends messages of the revision that takes batches, or one of the current revision. */
async function send(token: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { ...mcpClientHeaders, authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const call = (id: number, name: string) => ({
  ...{ jsonrpc: '2.0', id, method: 'tools/call' },
  params: { name, arguments: { text: 'x' } },
});
const modern = (method: string, params: object = {}) => ({
  ...{ jsonrpc: '2.0', id: 1, method },
  params: {
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

beforeAll(async () => {
  server = await startAuthServer();
  const port = await freePort();
  const resource = `http://localhost:${port}/mcp`;
  const { clientId, secret } = await addNotes(server.ownerDb, resource);
  countersign = resourceServer({ issuer: server.issuer, resource, name: 'Notes', clientId, clientSecret: secret });
  notes = notesClient(server, resource);
  address = resource;
  current = countersign.handler(careless);
  const app = express().use((request, response, next) => {
    protect(countersign, current)(request, response, next);
  });
  http = createServer(app);
  await new Promise<void>((resolve) => void http.listen(port, '127.0.0.1', resolve));
}, 60_000);
beforeEach(() => {
  reached.length = 0;
  current = countersign.handler(careless);
});
afterAll(async () => {
  http.close();
  await server.stop();
});

describe('a bearer whose token is good, without any scope', () => {
  test.each([
    ['a tool that was registered bare', 'tools/call', { name: 'bare', arguments: { text: 'x' } }, -32_602],
    ['a resource', 'resources/read', { uri: 'notes://secret' }, -32_601],
    ['a prompt', 'prompts/get', { name: 'draft' }, -32_601],
    [
      'a completion',
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'draft' }, argument: { name: 'a', value: '' } },
      -32_601,
    ],
    ['a method of the server’s own', 'notes/wipe', {}, -32_601],
  ])('does not reach %s', async (_, method, params, code) => {
    const { token } = await notes.connected();
    const answer = await notes.rpc(method, params, token);
    expect(reached).toEqual([]);
    expect(answer.body).toMatchObject({ error: { code } });
  });

  test('does not reach a bare tool by the current revision, nor a subscription', async () => {
    const { token } = await notes.connected();
    const named = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'bare' };
    const { text } = await send(token, modern('tools/call', { name: 'bare', arguments: { text: 'x' } }), named);
    expect(text).toContain('Tool bare not found, or not protected');
    const asked = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
    const wanted = { notifications: { resourceSubscriptions: ['notes://secret'], toolsListChanged: true } };
    const answer = await send(token, modern('subscriptions/listen', wanted), asked);
    expect(answer.text).toContain('"error"');
    expect(reached).toEqual([]);
  });

  test('does not reach a bare tool beside one that it may call', async () => {
    const { token } = await notes.connected(['write:notes']);
    const batch = [call(1, 'bare'), call(2, 'add_note'), call(3, 'bare')];
    const { text } = await send(token, batch, { 'mcp-protocol-version': '2025-03-26' });
    expect(text).toContain('add_note ran');
    expect(reached).toEqual(['add_note']);
  });

  test('reaches what the server opens, and no more', async () => {
    current = countersign.handler(careless, { open: ['resources/read', 'tools/call'] });
    const { token } = await notes.connected();
    await notes.rpc('resources/read', { uri: 'notes://secret' }, token);
    await notes.rpc('prompts/get', { name: 'draft' }, token);
    await notes.rpc('tools/call', { name: 'bare', arguments: { text: 'x' } }, token);
    expect(reached).toEqual(['secret']);
  });
});

test('a handler that would serve everything to everybody is not taken', () => {
  expect(() => protect(countersign, createMcpHandler(careless))).toThrow('make it with the handler() of your resource');
});
