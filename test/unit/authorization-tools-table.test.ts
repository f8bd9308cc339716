import { readFile } from 'node:fs/promises';
import type { McpServer, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AuthorizationApi } from '../../mcp-server/authorization/ports.ts';
import { authorizationTools } from '../../mcp-server/authorization/tools/authorization-tools.ts';
import type { PolicySource } from '../../mcp-server/ports.ts';
import type { Tool } from '../../mcp-server/tools/define-tool.ts';
import type { ToolHost } from '../../mcp-server/tools/register-tool.ts';

const text = await readFile(new URL('../../docs/clients.md', import.meta.url), 'utf8');
const section = /^## The authorization tools\n([^]*?)(?=^## )/m.exec(text)?.[1] ?? '';
const rows = [...section.matchAll(/^\| `(\w+)` +\|([^|]*)\|([^|]*)\|/gm)].map(([, name, needs = '', args = '']) => ({
  name,
  deciding: needs.trim().startsWith('`approve:requests`'),
  args: [...args.matchAll(/(\[?)`(\w+)`/g)].map(([, bracket, arg]) => ({ arg, required: bracket === '' })),
}));

const schema = z.object({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).default([]),
});

test('the table in docs/clients.md names exactly the registered tools, with their arguments', () => {
  const tools = authorizationTools({
    authorizations: {} as AuthorizationApi,
    authority: {} as PolicySource,
    issuer: 'http://localhost:8002',
    offered: () => [],
  });
  const registered = tools.map((tool) => {
    const { properties, required } = argumentsOf(tool);
    return {
      name: tool.name,
      deciding: tool.apiScope === 'approve:requests',
      args: Object.keys(properties).map((arg) => ({ arg, required: required.includes(arg) })),
    };
  });
  expect(rows).toEqual(registered);
});

/** As the tool shows them to clients. */
function argumentsOf(tool: Tool): z.output<typeof schema> {
  const shown: StandardSchemaWithJSON[] = [];
  const server = {
    registerTool: (_: string, config: { inputSchema: StandardSchemaWithJSON }) => shown.push(config.inputSchema),
  };
  tool.register(server as unknown as McpServer, { challenge: () => undefined } as unknown as ToolHost);
  return schema.parse(shown[0]?.['~standard'].jsonSchema.input({ target: 'draft-2020-12' }));
}
