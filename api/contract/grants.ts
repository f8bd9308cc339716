import { z } from 'zod';
import { grantEnds } from '../../workflows/domain/grant-status.ts';
import { clientIntroSchema } from './client-intro.ts';
import { problemSchema } from './problem.ts';

/** Where a grant stands. */
export const grantStatusSchema = z.enum(['active', ...grantEnds]);

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
  /** Through what it is held. */
  client: clientIntroSchema,
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

/** Query of `GET /api/grants`. All conditions hold together. */
export const listGrantsQuerySchema = z.object({
  /** `ended`: however it ended. */
  status: z.enum([...grantStatusSchema.options, 'ended']).optional(),
  /** Whose: an e-mail address or a subject. */
  person: z.string().trim().min(1).max(320).optional(),
  scope: z.string().min(1).max(128).optional(),
  client: z.string().min(1).max(128).optional(),
  request_id: z.string().min(1).max(128).optional(),
  /** Words, all of which have to be part of the holder's name or address, a scope's or the client's name. */
  q: z.string().trim().min(1).max(200).optional(),
  /** Of those alive: which end within so many seconds. */
  ends_within: z.coerce
    .number()
    .int()
    .min(1)
    .max(366 * 86_400)
    .optional(),
  /** `ending`: what ends first comes first. */
  order: z.enum(['newest', 'ending']).default('newest'),
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Answer of `GET /api/grants`. */
export const grantListSchema = z.object({
  grants: z.array(grantSchema),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type GrantList = z.infer<typeof grantListSchema>;

/** What ran, or was refused, with a grant. */
const grantCallSchema = z.object({
  at: z.iso.datetime(),
  tool: z.string(),
  /** `not_run`: it was let begin and did not, such as for unfit arguments. `unknown`: it began, and how it ended is not recorded (yet). */
  outcome: z.enum(['succeeded', 'failed', 'refused', 'not_run', 'unknown']),
  duration_ms: z.number().nullable(),
  /** Of the arguments, which the log does not hold. */
  argument_digest: z.string().nullable(),
});
export type GrantCall = z.infer<typeof grantCallSchema>;

/** Answer of `GET /api/grants/{id}`: a grant, why it was given, what ran with it. */
export const grantDetailSchema = z.object({
  grant: grantSchema,
  request: z.object({
    tool_name: z.string().nullable(),
    justification: z.string().nullable(),
    rule: z.string().nullable(),
    /** An e-mail address, or `policy`. */
    approved_by: z.string(),
    asked_at: z.iso.datetime(),
  }),
  /** Why it was revoked, where somebody said so. */
  end_note: z.string().nullable(),
  /** The newest first. */
  calls: z.array(grantCallSchema),
  /** There are older calls. */
  more_calls: z.boolean(),
  now: z.iso.datetime(),
});
export type GrantDetail = z.infer<typeof grantDetailSchema>;

/** Body of `POST /api/grants/{id}/revoke`. */
export const revokeBodySchema = z.object({ reason: z.string().trim().max(2_000).optional() });

/** Body of `POST /api/revocations`: several grants, or all that one person holds now. */
export const revocationsBodySchema = z
  .strictObject({
    grant_ids: z
      .array(z.string().regex(/^[\w:.-]{1,128}$/, 'is not the id of a grant'))
      .min(1)
      .max(200)
      .optional(),
    /** An e-mail address or a subject. */
    person: z.string().trim().min(1).max(320).optional(),
    reason: revokeBodySchema.shape.reason,
  })
  .refine(({ grant_ids, person }) => (grant_ids === undefined) !== (person === undefined), {
    message: 'Name either the grants or the person.',
  });
export type RevocationsBody = z.output<typeof revocationsBodySchema>;

/** Answer of `POST /api/revocations`: each grant by itself. */
export const revocationsSchema = z.object({
  results: z.array(
    z.object({
      grant_id: z.string(),
      outcome: z.enum(['revoked', 'refused']),
      grant: grantSchema.nullable(),
      /** Why it was refused. */
      problem: problemSchema.nullable(),
    }),
  ),
  now: z.iso.datetime(),
});
export type Revocations = z.infer<typeof revocationsSchema>;
