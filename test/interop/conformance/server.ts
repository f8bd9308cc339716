import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { McpServer } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { createApp } from '../../../mcp-server/app.ts';
import type { ToolHost } from '../../../mcp-server/tools/register-tool.ts';
import {
  noAuthorizations,
  TestAuthority,
  testIssuer,
  testKey,
  testResource,
  testToken,
} from '../../support/mcp-resource-server.ts';
import { registerContentTools, registerReadables } from './content.ts';
import { registerInputTools } from './inputs.ts';

/**
 * What the suite wants to find on a server, behind our own HTTP and authorization: so that those are seen to let
 * everything of the protocol through, also what our own tools do not use.
 */
export async function startConformanceServer(): Promise<{
  url: string;
  token: () => Promise<string>;
  stop(): Promise<void>;
}> {
  const base = await testKey('base-1', 'base');
  const { app, handler } = await createApp(
    {
      port: 0,
      resource: testResource,
      issuer: testIssuer,
      keys: [base.trusted],
      authority: new TestAuthority(),
      authorizations: noAuthorizations,
      directory: { users: async () => [], setRoles: () => Promise.reject(new Error('not here')) },
      workspace: '/nowhere',
      logger: pino({ level: 'silent' }),
      allowedHosts: ['localhost', '127.0.0.1'],
      version: '0.0.0-test',
      open: ['resources/read', 'resources/subscribe', 'resources/unsubscribe', 'prompts/get', 'completion/complete'],
    },
    [
      {
        name: 'conformance',
        scope: 'none',
        register: (server, host) => {
          judgeTools(server, host);
          registerContentTools(server);
          registerReadables(server);
          registerInputTools(server);
        },
      },
    ],
  );
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/mcp`,
    token: () => testToken(base, { scope: 'none' }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await handler.close();
    },
  };
}

/** Whatever is registered from now on takes no scope, and is judged as our own tools are. */
function judgeTools(server: McpServer, host: ToolHost): void {
  const register = server.registerTool.bind(server) as (name: string, config: object, run: unknown) => unknown;
  Object.assign(server, {
    registerTool: (name: string, config: object, run: unknown) =>
      register(name, { ...config, scopeChallenge: host.challenge({ name, scope: 'none', readOnly: true }) }, run),
  });
}
