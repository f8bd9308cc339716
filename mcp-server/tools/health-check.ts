import { z } from 'zod';
import type { PolicySource } from '../ports.ts';
import { defineTool, type Tool } from './define-tool.ts';

/** Says whether the parts that calls need are there. */
export function healthCheck(source: PolicySource, startedAt: Date, sandboxAvailable: boolean): Tool {
  return defineTool({
    name: 'health_check',
    title: 'Health check',
    description: 'Whether the server, its database and its command sandbox work.',
    scope: 'none',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    input: z.object({}),
    output: z.object({
      status: z.enum(['ok', 'degraded']),
      database: z.enum(['ok', 'unavailable']),
      command_sandbox: z.enum(['ok', 'unavailable']),
      uptime_seconds: z.int(),
      checked_at: z.string(),
    }),
    run: async () => {
      const database = await source.policy().then(
        () => 'ok' as const,
        () => 'unavailable' as const,
      );
      const now = new Date();
      return {
        status: database === 'ok' && sandboxAvailable ? ('ok' as const) : ('degraded' as const),
        database,
        command_sandbox: sandboxAvailable ? ('ok' as const) : ('unavailable' as const),
        uptime_seconds: Math.floor((now.getTime() - startedAt.getTime()) / 1_000),
        checked_at: now.toISOString(),
      };
    },
  });
}
