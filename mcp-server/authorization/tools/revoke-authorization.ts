import { z } from 'zod';
import { grantStatusSchema } from '../../../api/contract/grants.ts';
import type { Tool } from '../../tools/define-tool.ts';
import { decidersOnly } from '../deciding.ts';
import { defineAuthorizationTool } from '../define-authorization-tool.ts';
import type { AuthorizationApi } from '../ports.ts';
import { AuthorizationToolError } from '../envelope.ts';
import { requestId, words } from '../parameters.ts';

/** Ends the grant that came of a request: one's own is handed back, somebody else's revoked. */
export function revokeAuthorization(api: AuthorizationApi): Tool {
  return defineAuthorizationTool(api, {
    name: 'revoke_authorization',
    title: 'End what was approved',
    description:
      'Ends the grant that came of a request, at once: hands back your own, or, for approvers, revokes somebody else’s.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    input: z.strictObject({ request_id: requestId, reason: words.optional() }),
    data: z.object({
      request_id: z.string(),
      grant_id: z.string(),
      status: grantStatusSchema,
      ended_by: z.string().nullable(),
      ended_at: z.string().nullable(),
    }),
    run: async ({ request_id: id, reason }, { caller, authorizations }) => {
      await authorizations.status(id);
      const grant = await authorizations.grantOf(id);
      if (grant === undefined) {
        throw new AuthorizationToolError('not_found', 'Nothing has come of this request that could be ended.');
      }
      const own = grant.subject_email.toLowerCase() === caller.person.email.toLowerCase();
      if (!own) await decidersOnly(caller, authorizations);
      const how = own ? 'return' : 'revoke';
      const { status, ended_by, ended_at } = await authorizations.endGrant(grant.grant_id, how, reason);
      return { data: { request_id: id, grant_id: grant.grant_id, status, ended_by, ended_at } };
    },
  });
}
