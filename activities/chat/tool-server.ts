import {
  Client,
  InsufficientScopeError,
  ProtocolError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type CallToolResult,
  type PriorDiscovery,
  type Tool,
} from '@modelcontextprotocol/client';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';
import { outgoingHeaders } from '../telemetry/tracing.ts';
import type { ToolDescription } from './model-port.ts';
import { refusalFromBody } from './refusal-from-body.ts';

/** How a tool call came out, as far as the wire can tell. */
export type ToolAnswer =
  | { kind: 'result'; isError: boolean; content: Record<string, unknown> }
  /** 403: nothing ran. */
  | { kind: 'insufficient_scope'; error: AuthorizationError }
  /** 401: nothing ran, the token was not taken. */
  | { kind: 'unauthorized' }
  /** The request never reached the tool. */
  | { kind: 'unavailable' }
  /** The server refused the request itself: nothing ran. */
  | { kind: 'refused'; message: string }
  /** The request was on its way when the connection broke: it may have run. */
  | { kind: 'lost' };

/** The MCP server as our own clients use it: a token for each call, no session kept. */
export interface ToolServer {
  /** @throws when the server cannot be reached or does not take the token */
  list(token: string): Promise<ToolDescription[]>;
  call(
    token: string,
    call: { name: string; arguments: Record<string, unknown> },
    signal?: AbortSignal,
  ): Promise<ToolAnswer>;
}

/** What the wrapped fetch saw of the one call that matters. */
interface Wire {
  /** The call itself has been handed to the network. */
  sent: boolean;
  refusal: AuthorizationError | undefined;
  status: number | undefined;
}

/**
 * See {@link ToolServer}.
 *
 * @param options.clientName how the caller calls itself; what it may do, its token says
 * @param options.timeoutMs how long one request may take; above the tools' own limits
 */
export function createToolServer(options: {
  resource: string;
  clientName: string;
  timeoutMs?: number;
  version: string;
}): ToolServer {
  const timeout = options.timeoutMs ?? 60_000;

  // What the server offers is the same for everybody: asked once, and again when a call finds it changed.
  let negotiated: PriorDiscovery | undefined;

  const open = async (token: string, wire: Wire): Promise<Client> => {
    const client = new Client(
      { name: options.clientName, version: options.version },
      { versionNegotiation: { mode: 'auto' } },
    );
    const transport = new StreamableHTTPClientTransport(new URL(options.resource), {
      authProvider: { token: () => Promise.resolve(token) },
      onInsufficientScope: 'throw',
      fetch: (url, init) => watchedFetch(wire, url, init),
    });
    await client.connect(transport, { timeout, ...(negotiated === undefined ? {} : { prior: negotiated }) });
    const discover = client.getDiscoverResult();
    negotiated = discover === undefined ? undefined : { kind: 'modern', discover };
    return client;
  };

  return {
    async list(token) {
      const client = await open(token, { sent: false, refusal: undefined, status: undefined });
      try {
        return (await client.listTools(undefined, { timeout })).tools.map(describe);
      } finally {
        await client.close();
      }
    },

    async call(token, call, signal) {
      const wire: Wire = { sent: false, refusal: undefined, status: undefined };
      let client: Client | undefined;
      try {
        client = await open(token, wire);
        const result = await client.callTool(call, { timeout, ...(signal === undefined ? {} : { signal }) });
        return { kind: 'result', isError: result.isError === true, content: contentOf(result) };
      } catch (error) {
        negotiated = undefined;
        return classify(error, wire);
      } finally {
        await client?.close().catch(() => undefined);
      }
    },
  };
}

async function watchedFetch(wire: Wire, url: string | URL, init?: RequestInit): Promise<Response> {
  const isCall = typeof init?.body === 'string' && init.body.includes('"tools/call"');
  if (isCall) wire.sent = true;
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(outgoingHeaders())) headers.set(name, value);
  const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
    if (isCall && neverConnected(error)) wire.sent = false;
    throw error;
  });
  // Only an answer that says so rules out that the tool has run.
  if (isCall) wire.sent = response.ok || (response.status >= 500 && response.status !== 503);
  wire.status = response.status;
  if (response.status === 403)
    wire.refusal = refusalFromBody(
      await response
        .clone()
        .text()
        .catch(() => ''),
    );
  return response;
}

function classify(error: unknown, wire: Wire): ToolAnswer {
  if (error instanceof InsufficientScopeError && wire.refusal !== undefined)
    return { kind: 'insufficient_scope', error: wire.refusal };
  if (error instanceof UnauthorizedError) return { kind: 'unauthorized' };
  // A JSON-RPC error is an answer: the request was refused as such.
  if (error instanceof ProtocolError) return { kind: 'refused', message: error.message };
  if (wire.sent) return { kind: 'lost' };
  if (wire.status !== undefined && wire.status !== 503)
    return { kind: 'refused', message: `The tool server refused the call (HTTP ${wire.status}).` };
  return { kind: 'unavailable' };
}

/** Errors that come before a byte has left. */
function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'UND_ERR_CONNECT_TIMEOUT';
}

function describe(tool: Tool): ToolDescription {
  return {
    name: tool.name,
    description: tool.description ?? '',
    inputSchema: tool.inputSchema,
    repeatable: tool.annotations?.readOnlyHint === true || tool.annotations?.idempotentHint === true,
  };
}

function contentOf(result: CallToolResult): Record<string, unknown> {
  if (isRecord(result.structuredContent)) return result.structuredContent;
  const text = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  return result.isError === true ? { error: text } : { text };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
