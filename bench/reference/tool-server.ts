import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import express from 'express';
import { z } from 'zod';
import { listDirectory } from '../../mcp-server/files/list-directory.ts';

/** A process of its own: the same two tools on a bare SDK server, without authorization, records or middleware. */
const [workspace = '.'] = process.argv.slice(2);
const startedAt = new Date().toISOString();
const anything = z.looseObject({});

const handler = createMcpHandler(
  () => {
    const server = new McpServer({ name: 'bare', version: '0' }, { capabilities: { tools: { listChanged: false } } });
    server.registerTool('get_server_info', { inputSchema: z.object({}), outputSchema: anything }, () =>
      answer({ name: 'bare', version: '0', started_at: startedAt, tools: ['get_server_info', 'list_files'] }),
    );
    server.registerTool(
      'list_files',
      { inputSchema: z.object({ path: z.string().default('.') }), outputSchema: anything },
      async ({ path }) => answer({ ...(await listDirectory(workspace, path)) }),
    );
    return server;
  },
  { maxSubscriptions: 0 },
);
const serve = toNodeHandler(handler);

function answer(result: Record<string, unknown>) {
  return { content: [{ type: 'text' as const, text: JSON.stringify(result) }], structuredContent: result };
}

const app = express();
// As lean as Express gets: the SDK's handler takes its requests and not Node's own under our compiler settings.
app.all('/mcp', (request, response) => serve(request, response));
const http = createServer(app);
process.once('disconnect', () => process.exit(0));
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.send?.({ ready: true, port: typeof address === 'object' ? address?.port : undefined });
});
