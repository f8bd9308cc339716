import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import { failureOf, outcomeOf } from '../clients/outcome.ts';
import type { ClientWorld, MatrixClient } from './matrix-client.ts';

const folder = dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json'));

/** mcp-remote as desktop apps start it: over standard input and output. Where people have to go, it says on stderr. */
export async function startMcpRemote(world: ClientWorld): Promise<MatrixClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(folder, 'dist', 'proxy.js'), world.mcpResource, '--allow-http'],
    // A browser that opens nothing: the address on stderr is opened instead.
    env: { PATH: process.env['PATH'] ?? '', HOME: world.home, MCP_REMOTE_CONFIG_DIR: world.home, BROWSER: 'true' },
    stderr: 'pipe',
  });
  let said = '';
  const opened = new Set<string>();
  transport.stderr?.on('data', (part: Buffer) => {
    said += part.toString();
    for (const [address] of said.matchAll(/^http:\/\/localhost:\d+\/oauth\/authorize\?\S+(?=\s)/gm)) {
      if (opened.has(address)) continue;
      opened.add(address);
      void world.open(address).catch((error: unknown) => (said += String(error)));
    }
  });
  const client = new Client({ name: 'interop-desktop', version: '1.0.0' });
  await client.connect(transport).catch((error: unknown) => {
    throw new Error(`mcp-remote does not connect: ${said}`, { cause: error });
  });
  return {
    call: (name, args = {}) =>
      client.callTool({ name, arguments: args }).then(outcomeOf, (error: unknown) => {
        // No test expects silence; what mcp-remote said tells why.
        if (error instanceof McpError && error.message.includes('Request timed out'))
          throw new Error(`no answer: ${said}`);
        return failureOf(error);
      }),
    stop: () => client.close(),
  };
}
