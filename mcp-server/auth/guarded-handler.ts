import {
  createMcpHandler,
  isJSONRPCNotification,
  isJSONRPCRequest,
  McpServer,
  type CreateMcpHandlerOptions,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type McpHttpHandler,
  type McpServerFactory,
  type Transport,
} from '@modelcontextprotocol/server';
import { wasJudged } from './call-permits.ts';

/** What tells no more than how the server is spoken to and what it is said to have. */
const describing: readonly string[] = [
  ...['initialize', 'ping', 'server/discover', 'logging/setLevel'],
  ...['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'],
];
const listening = 'subscriptions/listen';

/** As of the SDK's `createMcpHandler`, and what every bearer of a good token may reach. */
export interface GuardedHandlerOptions extends CreateMcpHandlerOptions {
  /**
   * Methods, such as `resources/read`, that are open to every bearer of a token for this server, whatever they hold. Tools
   * are opened one by one, by the scope `none`.
   */
  open?: readonly string[];
}

/** The handlers, with the largest request that each reads. */
const guarded = new WeakMap<McpHttpHandler, number>();

/**
 * The SDK's `createMcpHandler` whose servers answer nothing that nobody decided about: calls that were not judged in this
 * very request, as those of a tool that was registered without a scope, and methods that were not opened.
 */
export function guardedHandler(
  factory: McpServerFactory,
  { open = [], ...options }: GuardedHandlerOptions = {},
): McpHttpHandler {
  const reachable = new Set([...describing, ...open]);
  const handler = createMcpHandler(
    async (context) => {
      const product = await factory(context);
      guard(product instanceof McpServer ? product.server : product, reachable);
      return product;
    },
    // Subscriptions are served beside the servers.
    { ...options, ...(reachable.has(listening) ? {} : { maxSubscriptions: 0 }) },
  );
  guarded.set(handler, options.maxRequestBodySize ?? Infinity);
  return handler;
}

/**
 * The largest request that a handler is to be given, in bytes: what is read before it, it does not measure.
 *
 * @throws {TypeError} for a handler that {@link guardedHandler} did not make
 */
export function bodyLimitOf(handler: McpHttpHandler): number {
  const limit = guarded.get(handler);
  if (limit !== undefined) return limit;
  throw new TypeError(
    'This handler would serve what was not registered with a scope to everybody: make it with the handler() of your resource server instead of createMcpHandler().',
  );
}

function guard(server: Pick<McpServer['server'], 'connect'>, reachable: ReadonlySet<string>): void {
  const connect = server.connect.bind(server);
  server.connect = async (transport: Transport) => {
    await connect(transport);
    const deliver = transport.onmessage;
    transport.onmessage = (message, extra) => {
      const refusal = isJSONRPCRequest(message) ? refusalOf(message, reachable) : undefined;
      if (refusal !== undefined) void transport.send(refusal);
      else if (isDelivered(message)) deliver?.(message, extra);
    };
  };
}

/** A notification changes nothing but how the exchange goes on, if it is one by its name. */
function isDelivered(message: JSONRPCMessage): boolean {
  return !isJSONRPCNotification(message) || message.method.startsWith('notifications/');
}

/** The same whether there is nothing of that name, or nothing that callers may reach. */
function refusalOf({ id, method, params }: JSONRPCRequest, reachable: ReadonlySet<string>): JSONRPCMessage | undefined {
  if (method === 'tools/call') {
    const name = String(params?.['name']);
    if (wasJudged(id, name)) return undefined;
    return { jsonrpc: '2.0', id, error: { code: -32_602, message: `Tool ${name} not found, or not protected` } };
  }
  if (reachable.has(method)) return undefined;
  return { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found, or not opened' } };
}
