import { z } from 'zod';

/** Who decides: policy at once, the person, somebody else, or nobody. */
export const approvalTypeSchema = z.enum(['auto', 'self', 'admin_required', 'forbidden']);

/** The structured authorization error of tool results, 403 bodies and chat replies. */
export const authorizationErrorSchema = z.object({
  error_type: z.literal('authorization_error'),
  tool_name: z.string(),
  required_scope: z.string(),
  current_scopes: z.array(z.string()),
  approval_type: approvalTypeSchema,
  user_email: z.string(),
});
