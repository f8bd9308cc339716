import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTaskSessionFromClient } from '@modelcontextprotocol/ext-tasks/client';
import type { Agent } from './agents.ts';

type RawDispatch = NonNullable<Parameters<typeof createTaskSessionFromClient>[1]['rawDispatch']>;

const protocolVersion = '2026-07-28';
const clientInfo = { name: 'task-agent', version: '1' };

/** The published client of the tasks extension, for this agent, on our MCP server. */
export async function taskSession(mcpResource: string, agent: Agent) {
  const client = new Client(clientInfo, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(new URL(mcpResource), { authProvider: { token: agent.token } });
  await client.connect(transport);
  const session = createTaskSessionFromClient(client, {
    endpointId: 'countersign',
    rawDispatch: (request, options) => rawDispatch(mcpResource, agent, request, options?.signal),
    v2RequestFraming: { protocolVersion, clientInfo, clientCapabilities: {} },
  });
  return {
    session,
    close: async () => {
      await session.close();
      await client.close();
    },
  };
}

/** A request of the current revision as it goes over the wire. */
export async function rawDispatch(
  mcpResource: string,
  agent: Agent,
  request: Parameters<RawDispatch>[0],
  signal?: AbortSignal,
): ReturnType<RawDispatch> {
  const { method, params } = request as { method: string; params: { name?: string; taskId?: string } };
  const response = await fetch(mcpResource, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${await agent.token()}`,
      'mcp-protocol-version': protocolVersion,
      'mcp-method': method,
      'mcp-name': params.name ?? params.taskId ?? '',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = (await response.json()) as { result?: never; error?: never };
  return answer.error === undefined
    ? { kind: 'result', result: answer.result ?? null }
    : { kind: 'error', error: answer.error };
}

/** The parameters of a request that declares the extension, or does not. */
export function framed(params: Record<string, unknown>, declares = true): Record<string, unknown> {
  return {
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': protocolVersion,
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': declares
        ? { extensions: { 'io.modelcontextprotocol/tasks': {} } }
        : {},
    },
  };
}
