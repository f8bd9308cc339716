import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, type McpHttpHandler } from '@modelcontextprotocol/server';
import { protect } from 'countersign/express';
import { resourceServer, type ResourceServer } from 'countersign/mcp';
import express, { type Express } from 'express';
import { z } from 'zod';
import { connect } from '../../activities/store/connect.ts';
import { listDirectory } from '../../mcp-server/files/list-directory.ts';
import type { Authority } from '../../mcp-server/ports.ts';
import { storeAuthority } from '../../mcp-server/store-authority.ts';
import { registerTool, type ToolHost } from '../../mcp-server/tools/register-tool.ts';
import { toolHost } from '../../mcp-server/tools/tool-host.ts';

/**
 * A process of its own that serves the same tool: bare, and behind what protects it with an authority that knows everything,
 * that asks the database, that asks by introspection.
 */
const [settings = '{}'] = process.argv.slice(2);
const given = JSON.parse(settings) as {
  issuer: string;
  databaseUrl: string;
  workspace: string;
  /** Of the tools; and of a resource server at the port beside it. */
  own: string;
  other: { resource: string; port: number; clientId: string; clientSecret: string };
};
const input = z.object({ path: z.string().default('.') });
const output = z.looseObject({});
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function list({ path }: z.output<typeof input>) {
  const found = { ...(await listDirectory(given.workspace, path)) };
  return { content: [{ type: 'text' as const, text: JSON.stringify(found) }], structuredContent: found };
}

function handlerOf(register: (server: McpServer) => void, create: typeof createMcpHandler): McpHttpHandler {
  return create(
    () => {
      const server = new McpServer(
        { name: 'bench', version: '0' },
        { capabilities: { tools: { listChanged: false } } },
      );
      register(server);
      return server;
    },
    { maxSubscriptions: 0 },
  );
}

function bare(): Express {
  const config = { description: 'Lists', inputSchema: input, outputSchema: output };
  const serve = toNodeHandler(
    handlerOf((server) => void server.registerTool('list_files', config, list), createMcpHandler),
  );
  return express().all('/mcp', (request, response) => serve(request, response));
}

/**
 * @param authority what the published one asks is replaced by
 * @param readOnly whether the tool says of itself that it changes nothing
 */
function guarded(
  own: ResourceServer,
  scope: string,
  authority: Authority = own.protection.authority,
  readOnly = true,
): Express {
  const protection = { ...own.protection, authority };
  const host: ToolHost = toolHost(protection, () => Promise.reject(new Error('nobody is answered in band here')));
  const annotations = { readOnlyHint: readOnly };
  const tool = {
    name: 'list_files',
    scope,
    description: 'Lists',
    annotations,
    inputSchema: input,
    outputSchema: output,
  };
  const handler = handlerOf((server) => {
    registerTool(server, host, tool, list);
  }, own.handler);
  return express().use(protect({ ...own, protection }, handler));
}

/** Knows one caller, for whom everything counts. */
const knowing: Authority = {
  standing: async ({ subject }) => ({
    person: { subject, email: 'bench@example.com', disabled: false },
    rules: { scopeOf: () => undefined, approvalType: () => 'auto' },
    ended: false,
    live: [{ scope: 'read:files', grantId: 'grt_bench' }],
  }),
  coolDown: async () => undefined,
  startCall: async () => true,
  audit: async () => undefined,
};

const database = connect(given.databaseUrl);
const asking = storeAuthority(database.db);
/** Asks what holds at this moment, and records nothing. */
const checking: Authority = { ...asking, startCall: async () => true, audit: async () => undefined };
const published = (resource: string) =>
  resourceServer({ ...given.other, issuer: given.issuer, resource, name: 'Bench', logger: silent });
const apps = {
  bare: bare(),
  token: guarded(published(given.own), 'none', knowing),
  known: guarded(published(given.own), 'read:files', knowing),
  checked: guarded(published(given.own), 'read:files', checking),
  recorded: guarded(published(given.own), 'read:files', asking),
  changing: guarded(published(given.own), 'read:files', asking, false),
  introspection: guarded(published(given.other.resource), 'read:bench'),
};

process.once('disconnect', () => process.exit(0));
const ports: Record<string, number> = {};
for (const [name, app] of Object.entries(apps)) {
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(name === 'introspection' ? given.other.port : 0, '127.0.0.1', resolve);
  });
  ports[name] = (server.address() as AddressInfo).port;
}
process.send?.({ ready: true, ports });
