import { z } from 'zod';
import { clientIntroSchema } from './client-intro.ts';
import { approvalTypeSchema } from './authorization-error.ts';
import { grantStatusSchema } from './grants.ts';
import { durationSecondsSchema } from './scope-requests.ts';

/** One scope, and how the caller stands to it. */
export const accessScopeSchema = z.object({
  scope: z.string(),
  description: z.string(),
  risk: z.enum(['none', 'low', 'medium', 'high', 'critical']),
  /** `at_once`: policy grants it at the first use. `by_consent`: one's own. `by_asking`: another person decides. */
  standing: z.enum(['held', 'at_once', 'by_consent', 'by_asking', 'never']),
  /** Roles whose holders decide. */
  approvers: z.array(z.string()),
  justification_required: z.boolean(),
  /** Policy ties it to one conversation, so that it is asked for there. */
  conversation_only: z.boolean(),
  /** How long a grant lives that nobody says otherwise of, and at most. Seconds. */
  grant_seconds: z.int(),
  max_grant_seconds: z.int(),
  /** The caller's request for it that waits. */
  pending_request_id: z.string().nullable(),
});
export type AccessScope = z.infer<typeof accessScopeSchema>;

/** Answer of `GET /api/access/scopes`. */
export const accessScopeListSchema = z.object({ scopes: z.array(accessScopeSchema), now: z.iso.datetime() });
export type AccessScopeList = z.infer<typeof accessScopeListSchema>;

/** Query of `GET /api/access/grants`. */
export const accessGrantsQuerySchema = z.object({
  state: z.enum(['active', 'ended']).default('active'),
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** One of the caller's grants, with why they hold it. */
export const accessGrantSchema = z.object({
  grant_id: z.string(),
  client_id: z.string(),
  /** Through what it is held. */
  client: clientIntroSchema,
  scopes: z.array(z.string()),
  status: grantStatusSchema,
  granted_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  /** An e-mail address, `policy` or `system`. */
  ended_by: z.string().nullable(),
  /** This app holds it and can hand it back. */
  can_return: z.boolean(),
  /** How often a tool was called with it. */
  calls: z.int(),
  why: z.object({
    request_id: z.string(),
    asked_at: z.iso.datetime(),
    justification: z.string().nullable(),
    tool_name: z.string().nullable(),
    tool_args: z.record(z.string(), z.unknown()).nullable(),
    approval_type: approvalTypeSchema.nullable(),
    /** The e-mail address of who approved, or `policy`. */
    approved_by: z.string(),
    comment: z.string().nullable(),
    /** Where in the policy this was decided, and which policy that was. */
    rule: z.string().nullable(),
    policy_version: z.string().nullable(),
    /** The conversation that it was asked for in, if any. */
    session_id: z.string().nullable(),
  }),
});
export type AccessGrant = z.infer<typeof accessGrantSchema>;

/** Answer of `GET /api/access/grants`: newest first. */
export const accessGrantListSchema = z.object({
  grants: z.array(accessGrantSchema),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type AccessGrantList = z.infer<typeof accessGrantListSchema>;

/** One call that was made under a grant. */
export const accessCallSchema = z.object({
  tool: z.string(),
  called_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  /** As the tool server recorded it; null while it runs, or where it was cut off. */
  outcome: z.string().nullable(),
  argument_digest: z.string(),
  /** Of calls that the caller made in this chat; null for what another program called. */
  arguments: z.record(z.string(), z.unknown()).nullable(),
  session_id: z.string().nullable(),
});
export type AccessCall = z.infer<typeof accessCallSchema>;

/** Answer of `GET /api/access/grants/{id}/calls`: newest first. */
export const accessCallListSchema = z.object({
  calls: z.array(accessCallSchema),
  /** There were earlier ones, too. */
  more: z.boolean(),
  now: z.iso.datetime(),
});
export type AccessCallList = z.infer<typeof accessCallListSchema>;

/** Query of `GET /api/access/requests`. */
export const accessRequestsQuerySchema = z.object({
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** Body of `POST /api/access/requests`: asking ahead of need. */
export const askAheadSchema = z.object({
  scopes: z.array(z.string().min(1).max(128)).min(1).max(32),
  justification: z.string().trim().max(2_000).optional(),
  duration_seconds: durationSecondsSchema.optional(),
});
