import { z } from 'zod';

const riskSchema = z.enum(['none', 'low', 'medium', 'high', 'critical']);

/** One scope of the policy, as people read it. Durations are seconds. */
export const policyScopeSchema = z.object({
  scope: z.string(),
  description: z.string(),
  risk: riskSchema,
  /** `mcp` and `api` are ours, any other is one of `resources`. */
  resource: z.string(),
  /** Roles that receive it at once; `everyone` is any valid token. */
  granted_at_once_to: z.array(z.string()),
  /** What happens for everybody else. */
  otherwise: z.enum(['admin', 'self', 'forbidden']),
  /** Roles whose holders decide. */
  approvers: z.array(z.string()),
  /** How many people hold one of these roles now. */
  approvers_now: z.int(),
  justification: z.enum(['optional', 'required']),
  request_ttl_seconds: z.int(),
  grant_ttl_seconds: z.int(),
  max_grant_ttl_seconds: z.int(),
  binding: z.enum(['account+client', 'session']),
  /** Tools that need it. */
  tools: z.array(z.string()),
});

export type PolicyScopeView = z.infer<typeof policyScopeSchema>;

/** Since when a policy is, or was, live, and what made it so. */
const activationSchema = z.object({
  version: z.string(),
  activated_at: z.iso.datetime(),
  /** An e-mail address, or `system` when the policy file on disk was followed. Null where nothing recorded it. */
  activated_by: z.string().nullable(),
  /** SHA-256 of the text that it was read from. */
  source_digest: z.string(),
});

/** Answer of `GET /api/policy`. */
export const policyViewSchema = activationSchema.extend({
  scopes: z.array(policyScopeSchema),
  tools: z.array(
    z.object({
      name: z.string(),
      scope: z.string(),
      risk: riskSchema,
      security_level: z.enum(['MEDIUM', 'HIGH', 'CRITICAL']).nullable(),
      hosted: z.boolean(),
    }),
  ),
  /** Other people's resource servers: the audience of their tokens, and the name people see. */
  resources: z.array(z.object({ resource: z.string(), identifier: z.string(), name: z.string() })),
  /** Denials come before everything else. Without roles or clients they hold for all of them. */
  deny: z.array(
    z.object({
      scopes: z.array(z.string()),
      roles: z.array(z.string()),
      clients: z.array(z.string()),
      reason: z.string(),
    }),
  ),
  now: z.iso.datetime(),
});
export type PolicyView = z.infer<typeof policyViewSchema>;

/** Query of `GET /api/policy/versions`. */
export const policyVersionsQuerySchema = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'The cursor is not one of ours. Start from the first page.')
    .optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

/** Answer of `GET /api/policy/versions`: the newest first. */
export const policyVersionsSchema = z.object({
  versions: z.array(
    activationSchema.extend({
      position: z.string(),
      live: z.boolean(),
      /** The version that was live before; null for the first one. */
      previous: z.string().nullable(),
      /** What differs from the one before, a line each. */
      changes: z.array(z.string()),
    }),
  ),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type PolicyVersions = z.infer<typeof policyVersionsSchema>;
