import { z } from 'zod';
import { defineTool, offeredTo, type Tool } from './define-tool.ts';

const withheldSchema = z.array(z.object({ name: z.string(), reason: z.string() }));

/** Says what this server is, and which tools it does not offer and why (RULES 28). */
export function getServerInfo(about: {
  version: string;
  resource: string;
  issuer: string;
  startedAt: Date;
  offered: () => readonly Tool[];
  withheld: readonly { name: string; reason: string }[];
}): Tool {
  return defineTool({
    name: 'get_server_info',
    title: 'Server information',
    description: 'What this server is, which tools it offers, and which it does not offer here and why.',
    scope: 'none',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    input: z.object({}),
    output: z.object({
      name: z.string(),
      version: z.string(),
      resource: z.string(),
      authorization_server: z.string(),
      started_at: z.string(),
      tools: z.array(z.string()),
      unavailable_tools: withheldSchema,
    }),
    run: async (_args, { caller }) => ({
      name: 'countersign',
      version: about.version,
      resource: about.resource,
      authorization_server: about.issuer,
      started_at: about.startedAt.toISOString(),
      tools: offeredTo(about.offered(), caller.clientId).map(({ name }) => name),
      unavailable_tools: about.withheld.map((tool) => ({ ...tool })),
    }),
  });
}
