import { z } from 'zod';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';

/** The fields of our own resource servers' 403 body (PRODUCT.md). What a server says is bounded before it is stored. */
const authorizationErrorBody = z.object({
  error_type: z.literal('authorization_error'),
  tool_name: z.string().max(128),
  required_scope: z.string().min(1).max(128),
  current_scopes: z.array(z.string().max(128)).max(64),
  approval_type: z.enum(['auto', 'self', 'admin_required', 'forbidden']),
  user_email: z.string().max(320),
});

/** Reads the structured authorization error out of a 403 body, if it is one. */
export function refusalFromBody(body: string): AuthorizationError | undefined {
  try {
    return authorizationErrorBody.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
