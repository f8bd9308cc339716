import { z } from 'zod';
import type { Tool } from '../../tools/define-tool.ts';
import { decidersOnly } from '../deciding.ts';
import { defineAuthorizationTool } from '../define-authorization-tool.ts';
import type { AuthorizationApi } from '../ports.ts';
import { requestId, words } from '../parameters.ts';

/** Denies somebody else's request, as the person of the token. */
export function denyAuthorization(api: AuthorizationApi): Tool {
  return defineAuthorizationTool(api, {
    name: 'deny_authorization',
    title: 'Deny a request',
    description: 'For approvers: denies the request of somebody else, with a reason that they read.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    decides: true,
    input: z.strictObject({ request_id: requestId, reason: words.describe('The person who asked reads it') }),
    data: z.object({
      request_id: z.string(),
      denied: z.boolean(),
      denied_by: z.string().nullable(),
      denied_at: z.string().nullable(),
      reason: z.string().nullable(),
      /** Recorded and not in force yet: look at the status in a moment. */
      deciding: z.boolean(),
    }),
    run: async ({ request_id: id, reason }, { caller, authorizations }) => {
      await decidersOnly(caller, authorizations);
      const { status, denied_by, denied_at, denial_reason, deciding } = await authorizations.decide(id, 'deny', reason);
      return {
        data: { request_id: id, denied: status === 'denied', denied_by, denied_at, reason: denial_reason, deciding },
      };
    },
  });
}
