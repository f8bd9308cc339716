import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { probeSandbox } from './exec/probe-sandbox.ts';
import type { McpServerOptions, RunningMcpServer } from './options.ts';
import { offeredTools } from './tools/offered-tools.ts';

/** Longer than a command may run, so that a stop does not cut one off. */
const drainMs = 12_000;

/**
 * Prepares the `mcp` role: the sandbox is probed and the application built, so that after `open` everything is ready.
 *
 * @throws {TypeError} when a trusted key is not a public ES256 key with its own kid.
 */
export async function startMcpServer(options: McpServerOptions): Promise<RunningMcpServer> {
  const sandbox = await probeSandbox(options.workspace);
  const { tools, withheld } = offeredTools(options, sandbox);
  for (const { name, reason } of withheld) options.logger.warn({ tool: name, reason }, 'tool not offered');
  const { app, handler } = await createApp(options, tools);
  const server = (options.createServer ?? createServer)(app);

  return {
    withheldTools: withheld,
    get port() {
      return (server.address() as AddressInfo | null)?.port ?? options.port;
    },
    open: async () => {
      server.listen(options.port, '127.0.0.1');
      await once(server, 'listening');
      options.logger.info({ port: (server.address() as AddressInfo).port }, 'MCP server listens');
    },
    close: async () => {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeIdleConnections();
        const overdue = setTimeout(() => server.closeAllConnections(), drainMs);
        await closed;
        clearTimeout(overdue);
      }
      await handler.close();
    },
  };
}
