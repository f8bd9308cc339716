import { z } from 'zod';

export const grantStatusSchema = z.enum(['active', 'expired', 'revoked', 'returned', 'consumed']);

/** The grant inside a request's status. */
export const grantStateSchema = z.object({
  grant_id: z.string(),
  status: grantStatusSchema,
  scopes: z.array(z.string()),
  expires_at: z.iso.datetime(),
});

/** One grant of `GET /api/grants`. */
export const grantSchema = z.object({
  grant_id: z.string(),
  request_id: z.string(),
  subject_email: z.string(),
  client_id: z.string(),
  scopes: z.array(z.string()),
  status: grantStatusSchema,
  granted_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  ended_by: z.string().nullable(),
  /** The caller may revoke it. */
  can_revoke: z.boolean(),
  /** The caller holds it and may hand it back. */
  can_return: z.boolean(),
});
export type GrantView = z.infer<typeof grantSchema>;

/** Query of `GET /api/grants`. */
export const listGrantsQuerySchema = z.object({
  status: grantStatusSchema.optional(),
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const grantListSchema = z.object({
  grants: z.array(grantSchema),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type GrantList = z.infer<typeof grantListSchema>;

/** Body of `POST /api/grants/{id}/revoke`. */
export const revokeBodySchema = z.object({ reason: z.string().trim().max(2_000).optional() });
