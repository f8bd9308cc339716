import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { publicJwk } from '../../api/oauth/public-jwk.ts';
import { startMcpServer } from '../../mcp-server/main.ts';
import { storeAuthority, storeDirectory } from '../../mcp-server/store-authority.ts';
import type { TestAuthServer } from './auth-server.ts';
import { mcpClientHeaders } from './mcp-headers.ts';
import { noAuthorizations } from './mcp-resource-server.ts';

/** The MCP server over the database of an auth server, as tokens of that one meet it. */
export interface ToolsOf {
  url: string;
  /** Calls a tool with a token. */
  call(token: string, tool: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** Starts it on a free port, with an empty workspace. */
export async function startToolsOf(server: TestAuthServer): Promise<ToolsOf> {
  const workspace = await mkdtemp(join(tmpdir(), 'cs-tools-'));
  const mcp = await startMcpServer({
    port: 0,
    resource: server.mcpResource,
    issuer: server.issuer,
    keys: [
      { jwk: publicJwk(server.baseKey), ceiling: 'base' },
      { jwk: server.mintKey, ceiling: 'elevated' },
    ],
    authority: storeAuthority(server.db),
    directory: storeDirectory(server.db),
    authorizations: noAuthorizations,
    workspace,
    logger: pino({ level: 'silent' }),
    allowedHosts: ['localhost', '127.0.0.1'],
    version: '0.0.0-test',
  });
  await mcp.open();
  const url = `http://localhost:${mcp.port}/mcp`;
  return {
    url,
    call: (token, tool, headers = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { ...mcpClientHeaders, authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: tool, arguments: {} },
        }),
      }),
    stop: async () => {
      await mcp.close();
      await rm(workspace, { recursive: true });
    },
  };
}
