import { z } from 'zod';
import { statsSchema } from '../../../api/contract/stats.ts';
import type { Tool } from '../../tools/define-tool.ts';
import { decidersOnly, forAdmins } from '../deciding.ts';
import { defineAuthorizationTool } from '../define-authorization-tool.ts';
import type { AuthorizationApi } from '../ports.ts';
import { userId } from '../parameters.ts';

/** Sums over all requests and grants, never single ones. */
export function getMonitoringMetrics(api: AuthorizationApi): Tool {
  return defineAuthorizationTool(api, {
    name: 'get_monitoring_metrics',
    title: 'Figures of the approvals',
    description: 'For admins: how many requests there are, how they end and how long deciding takes.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    decides: true,
    input: z.strictObject({ user_id: userId }),
    data: statsSchema,
    run: async (_args, { caller, authorizations }) => {
      await decidersOnly(caller, authorizations);
      return { data: await forAdmins(authorizations.figures()) };
    },
  });
}
