/**
 * `countersign/mcp`: makes an MCP server a resource server of a Countersign authorization server.
 *
 * @module
 */
import type {
  CallToolResult,
  McpHttpHandler,
  McpServer,
  McpServerFactory,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { guardedHandler, type GuardedHandlerOptions } from './auth/guarded-handler.ts';
import { ToolScopes } from './auth/tool-scopes.ts';
import { accessTokenVerifier } from './auth/verify-access-token.ts';
import type { Protection } from './http/protection.ts';
import type { Log } from './ports.ts';
import { authServer } from './remote/auth-server.ts';
import { consoleLog } from './remote/console-log.ts';
import { httpAuthority } from './remote/http-authority.ts';
import { introspectionClient } from './remote/introspection-client.ts';
import { refuseInBand } from './remote/refuse-in-band.ts';
import { remoteKeys } from './remote/remote-keys.ts';
import { outputSchema } from './tools/output-schema.ts';
import { registerTool, type ToolCall, type ToolDescription } from './tools/register-tool.ts';
import { toolHost } from './tools/tool-host.ts';

export type { GuardedHandlerOptions, Log, ToolCall, ToolDescription };

/** Who a resource server is, and how it reaches the authorization server. */
export interface ResourceServerOptions {
  /** The authorization server, such as `http://localhost:8002`. */
  issuer: string;
  /** This server's identifier as the policy file lists it: the address of its MCP endpoint. */
  resource: string;
  /** As people see it. */
  name: string;
  /** As `countersign resource-server add` printed them. */
  clientId: string | undefined;
  clientSecret: string | undefined;
  /** Where warnings and errors go; the console without it. Never a token. */
  logger?: Log;
}

/** A resource server: `protect` of `countersign/express` puts it in front of an MCP handler. */
export interface ResourceServer {
  /**
   * Registers a tool whose calls need a scope. Its function runs only for calls that were allowed and recorded.
   *
   * @example
   * ```ts
   * countersign.tool(
   *   server,
   *   { name: 'add_note', scope: 'write:notes', description: 'Adds a note', inputSchema: z.object({ text: z.string() }) },
   *   ({ text }, { caller }) => ({ content: [{ type: 'text', text: `noted for ${caller.person.email}: ${text}` }] }),
   * );
   * ```
   */
  tool<Input extends StandardSchemaWithJSON>(
    server: McpServer,
    tool: ToolDescription<Input>,
    run: (args: StandardSchemaWithJSON.InferOutput<Input>, call: ToolCall) => CallToolResult | Promise<CallToolResult>,
  ): void;
  /**
   * The SDK's `createMcpHandler` for servers whose tools are registered with {@link tool}. What is not is refused: other
   * tools, and resources, prompts, completions and subscriptions unless their methods are opened.
   *
   * @example
   * ```ts
   * const handler = countersign.handler(makeServer, { open: ['resources/read', 'prompts/get'] });
   * ```
   */
  handler(factory: McpServerFactory, options?: GuardedHandlerOptions): McpHttpHandler;
  /** What {@link https://www.rfc-editor.org/rfc/rfc9728 | stands in front} of the handler. */
  readonly protection: Protection;
}

/**
 * Makes a resource server. Nothing is asked of the authorization server before the first request.
 *
 * @throws {TypeError} when the credentials are missing or an address is none.
 */
export function resourceServer(options: ResourceServerOptions): ResourceServer {
  const { resource, name, clientId, clientSecret, logger = consoleLog } = options;
  if (clientId === undefined || clientId === '' || clientSecret === undefined || clientSecret === '') {
    throw new TypeError(
      'clientId and clientSecret are missing: run countersign resource-server add, which prints them.',
    );
  }
  // As the authorization server writes it: without a path there is no slash at its end.
  const { origin: issuer } = new URL(options.issuer);
  new URL(resource);
  const server = authServer(issuer);
  const authority = httpAuthority(introspectionClient(server, { clientId, clientSecret }), logger);
  const toolScopes = new ToolScopes();
  const host = toolHost({ resource, authority, logger, toolScopes }, async (refused) => refuseInBand(refused));
  return {
    tool: (mcpServer, tool, run) => {
      const shown = tool.outputSchema === undefined ? {} : { outputSchema: outputSchema(tool.outputSchema) };
      registerTool(mcpServer, host, { ...tool, ...shown }, run);
    },
    handler: guardedHandler,
    protection: {
      resource,
      issuer,
      name,
      verify: accessTokenVerifier({ issuer, resource, keys: remoteKeys(server) }),
      authority,
      toolScopes,
      refusals: { record: async (reason) => logger.info({ reason }, 'access token refused') },
      logger,
    },
  };
}
