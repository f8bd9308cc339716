import { z } from 'zod';
import { requestStatusSchema } from '../../../api/contract/scope-requests.ts';
import type { Tool } from '../../tools/define-tool.ts';
import { defineAuthorizationTool } from '../define-authorization-tool.ts';
import type { AuthorizationApi } from '../ports.ts';
import { requestId } from '../parameters.ts';

/** How a request stands, for whoever made it and whoever may decide it. */
export function getAuthorizationStatus(api: AuthorizationApi): Tool {
  return defineAuthorizationTool(api, {
    name: 'get_authorization_status',
    title: 'How a request stands',
    description: 'Whether a request is pending, approved, denied, expired or cancelled, and how its grant stands.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    input: z.strictObject({ request_id: requestId }),
    data: requestStatusSchema,
    run: async ({ request_id: id }, { authorizations }) => ({ data: await authorizations.status(id) }),
  });
}
