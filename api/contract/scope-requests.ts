import { z } from 'zod';
import { clientIntroSchema } from './client-intro.ts';
import { scopeServerSchema } from './scope-server.ts';
import { grantStateSchema } from './grants.ts';
import { approvalTypeSchema } from './authorization-error.ts';

const scopeToken = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'is not a scope token (RFC 6749 section 3.3)');

/**
 * How long a grant shall live, in seconds: asked for by the requester, approved by the approver. Policy has a maximum
 * for each scope. A form sends digits.
 */
export const durationSecondsSchema = z
  .union(
    [
      z.int(),
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    ],
    'is a whole number of seconds',
  )
  .pipe(
    z
      .int()
      .min(1, 'is a whole number of seconds, one at least')
      .max(366 * 24 * 60 * 60, 'is a year at most'),
  );

/** Body of `POST /api/upgrade-scope`. */
export const upgradeScopeRequestSchema = z.object({
  scopes: z.array(scopeToken).min(1).max(32),
  tool_name: z.string().min(1).max(128).optional(),
  tool_args: z.record(z.string(), z.unknown()).optional(),
  justification: z.string().trim().max(2_000).optional(),
  duration_seconds: durationSecondsSchema.optional(),
  session_id: z.string().min(1).max(128).optional(),
});
export type UpgradeScopeRequest = z.infer<typeof upgradeScopeRequestSchema>;

/** Held now, at once or since it was asked for before. */
export const approvedUpgradeSchema = z.object({
  status: z.literal('approved'),
  auto_approved: z.boolean(),
  approved_scopes: z.array(z.string()),
  /** For bearer callers only; a browser session gets its scopes on the server. */
  new_token: z.string().optional(),
  /** Seconds. */
  expires_in: z.int(),
  approval_request_id: z.string().optional(),
  message: z.string(),
});

/** Somebody else decides; asking again tells how it stands. */
export const pendingAdminUpgradeSchema = z.object({
  status: z.literal('pending_admin_approval'),
  approval_request_id: z.string(),
  expires_at: z.iso.datetime(),
  /** Present when policy granted part of the set at once; with the bearer's token for it. */
  auto_approved_scopes: z.array(z.string()).optional(),
  new_token: z.string().optional(),
  /** Seconds, of what was granted at once. */
  expires_in: z.int().optional(),
  message: z.string(),
});

/** Refused, by policy or by whoever decided. */
export const deniedUpgradeSchema = z.object({
  status: z.literal('denied'),
  reason: z.string(),
  approval_request_id: z.string().optional(),
});

/** Flow 3: the person's own fresh consent decides, on the page at `consent_url`. */
export const pendingUserUpgradeSchema = pendingAdminUpgradeSchema.extend({
  status: z.literal('pending_user_approval'),
  consent_url: z.string(),
  /** The request for the rest of the set, which waits for an approver. */
  admin_approval_request_id: z.string().optional(),
});

/** Every answer of `POST /api/upgrade-scope`; all of them are HTTP 200. */
export const upgradeScopeResponseSchema = z.discriminatedUnion('status', [
  approvedUpgradeSchema,
  pendingAdminUpgradeSchema,
  pendingUserUpgradeSchema,
  deniedUpgradeSchema,
]);
export type UpgradeScopeResponse = z.infer<typeof upgradeScopeResponseSchema>;

/** Where a request stands, to those outside: what policy has not looked at yet is pending too. */
export const publicRequestStatusSchema = z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled']);

/** Answer of `GET /api/status/{id}`, and of approve, deny and cancel. Times are ISO 8601 in UTC. */
export const requestStatusSchema = z.object({
  request_id: z.string(),
  status: publicRequestStatusSchema,
  approved_by: z.string().nullable(),
  approved_at: z.iso.datetime().nullable(),
  denied_by: z.string().nullable(),
  denied_at: z.iso.datetime().nullable(),
  denial_reason: z.string().nullable(),
  /** The requester, or the admin who disabled their account. */
  cancelled_by: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
  /** A decision has been recorded and is not yet in force. */
  deciding: z.boolean(),
  grant: grantStateSchema.nullable(),
});
export type RequestStatusResponse = z.infer<typeof requestStatusSchema>;

/** How long a grant would live, in whole seconds, under live policy. */
export const grantDurationShape = {
  /** What the requester asked for; null when they left it to policy. */
  requested_duration_seconds: z.int().nullable(),
  /** What an approval gives that says nothing else. */
  grant_seconds: z.int(),
  /** What an approval can give at most. */
  max_grant_seconds: z.int(),
};

const requestRiskSchema = z.enum(['none', 'low', 'medium', 'high', 'critical']);

/** One request as lists and the dashboard's detail show it. */
export const scopeRequestSchema = requestStatusSchema.extend({
  subject_email: z.string(),
  subject_name: z.string(),
  client_id: z.string(),
  /** Through what they ask. */
  client: clientIntroSchema,
  scopes: z.array(z.string()),
  /** Somebody else's servers that the scopes are for, each once. */
  servers: z.array(scopeServerSchema.unwrap()),
  tool_name: z.string().nullable(),
  tool_args: z.record(z.string(), z.unknown()).nullable(),
  justification: z.string().nullable(),
  ...grantDurationShape,
  risk: requestRiskSchema.nullable(),
  /** Of high or critical risk: decided one at a time, after its arguments have been read to their end. */
  decided_alone: z.boolean(),
  /** Of the tool, or else of the scopes, under live policy; null when no clearance is needed. */
  security_level: z.enum(['MEDIUM', 'HIGH', 'CRITICAL']).nullable(),
  approval_type: approvalTypeSchema.nullable(),
  rule: z.string().nullable(),
  policy_version: z.string().nullable(),
  created_at: z.iso.datetime(),
  decision_note: z.string().nullable(),
  /** Why the caller may not decide it, or null when they may. */
  cannot_decide: z.enum(['own_request', 'self_approval', 'not_approver', 'already_decided']).nullable(),
  /** Where the requester decides themselves while policy leaves it to them; null otherwise, and for everybody else. */
  consent_url: z.string().nullable(),
  /** In lists of one's own: the page on which one waits for it, while a client's authorization request does. */
  waiting_url: z.string().nullable(),
  /** The caller is the requester. */
  own: z.boolean(),
  /** Requests of the same turn of an agent have the same; null for one that no conversation asked for. */
  agent_run: z.string().nullable(),
});
export type ScopeRequestView = z.infer<typeof scopeRequestSchema>;

const requestFilterSchema = z.object({
  risk: requestRiskSchema.optional(),
  scope: z.string().max(128).optional(),
  /** The requester's e-mail address. */
  requester: z.string().max(320).optional(),
  tool: z.string().max(128).optional(),
  client: z.string().max(128).optional(),
  /** Words, each of which begins a word of the request or is part of its requester's name or address. */
  q: z.string().max(200).optional(),
});

/** Query of `GET /api/requests/summary`. */
export const requestSummaryQuerySchema = requestFilterSchema;

/** Query of `GET /api/requests`. */
export const listRequestsQuerySchema = requestFilterSchema.extend({
  status: publicRequestStatusSchema.optional(),
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Answer of `GET /api/requests`: newest first, but pending ones oldest first. */
export const requestListSchema = z.object({
  requests: z.array(scopeRequestSchema),
  next_cursor: z.string().optional(),
  /**
   * To a token with approve:requests, on the first page of what waits: how many more its person may decide, in the
   * dashboard only, among the oldest thousand that wait. Filters do not change it.
   */
  dashboard_only: z.int().optional(),
  /** Server time, for countdowns. */
  now: z.iso.datetime(),
});
export type RequestList = z.infer<typeof requestListSchema>;

const valueCountSchema = z.object({ value: z.string(), waiting: z.int() });
/** `name`: what people here call the client, else what it calls itself. */
const clientCountSchema = valueCountSchema.extend({ name: z.string(), verified: z.boolean() });

/**
 * Answer of `GET /api/requests/summary`: how many requests wait that match, and of what. It looks at the oldest
 * thousand at most; `more` says that there are others.
 */
export const requestSummarySchema = z.object({
  waiting: z.int(),
  more: z.boolean(),
  risks: z.array(valueCountSchema),
  scopes: z.array(valueCountSchema),
  tools: z.array(valueCountSchema),
  clients: z.array(clientCountSchema),
  /** By e-mail address. */
  requesters: z.array(valueCountSchema),
  now: z.iso.datetime(),
});
export type RequestSummary = z.infer<typeof requestSummarySchema>;

/** One line of a request's timeline. */
export const timelineEntrySchema = z.object({
  at: z.iso.datetime(),
  type: z.string(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** Who asks: what they may do already, and how earlier requests ended, as far as the caller may see those. */
export const requesterSchema = z.object({
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  /** How many scopes they hold now through the client that asks. */
  active_grants: z.int(),
  grants: z.array(
    z.object({
      grant_id: z.string(),
      request_id: z.string(),
      client_id: z.string(),
      client: clientIntroSchema,
      scopes: z.array(z.string()),
      expires_at: z.iso.datetime(),
    }),
  ),
  /** Of all their requests. */
  outcomes: z.object({
    pending: z.int(),
    approved: z.int(),
    denied: z.int(),
    expired: z.int(),
    cancelled: z.int(),
  }),
  /** The newest others. */
  recent: z.array(
    z.object({
      request_id: z.string(),
      status: publicRequestStatusSchema,
      scopes: z.array(z.string()),
      tool_name: z.string().nullable(),
      created_at: z.iso.datetime(),
      decided_by: z.string().nullable(),
    }),
  ),
});

/** For a command: the programs that would run, as the sandbox takes them apart, or why it would refuse. */
export const willRunSchema = z.union([
  z.object({ stages: z.array(z.object({ path: z.string(), args: z.array(z.string()) })) }),
  z.object({ refused: z.string() }),
]);

/** Answer of `GET /api/requests/{id}`: the request, who asks, and what happened so far. */
export const requestDetailSchema = z.object({
  request: scopeRequestSchema,
  /** What approvers sign: SHA-256 of everything that is asked. */
  digest: z.string(),
  requester: requesterSchema,
  /** Through what they ask. */
  client: clientIntroSchema,
  scopes: z.array(
    z.object({
      scope: z.string(),
      description: z.string(),
      risk: z.string(),
      server: scopeServerSchema,
      approvers: z.array(z.string()),
      granted_at_once_to: z.array(z.string()),
      otherwise: z.enum(['admin', 'self', 'forbidden']),
    }),
  ),
  /** The policy that sent it here; `live` while that is what decides today. Null until policy has looked at it. */
  policy: z.object({ version: z.string(), live: z.boolean(), activated_at: z.iso.datetime().nullable() }).nullable(),
  will_run: willRunSchema.nullable(),
  timeline: z.array(timelineEntrySchema),
  workflow_url: z.string().nullable(),
  now: z.iso.datetime(),
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

/** Body of `POST /api/approve/{id}`; an empty body means no fields. */
export const approveBodySchema = z.strictObject({
  admin_email: z.string().max(320).optional(),
  comment: z.string().trim().max(2_000).optional(),
  /** Some of the request's scopes, where it was not asked for one call; left out, all of them. */
  scopes: z.array(z.string().max(128)).min(1).max(50).optional(),
  /** Up to `max_grant_seconds`; left out, the grant lives `grant_seconds`. */
  duration_seconds: durationSecondsSchema.optional(),
});

/** Body of `POST /api/deny/{id}`. */
export const denyBodySchema = z.strictObject({
  admin_email: z.string().max(320).optional(),
  reason: z.string('Say why: the requester reads it.').trim().min(1, 'Say why: the requester reads it.').max(2_000),
});
