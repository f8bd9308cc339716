import { z } from 'zod';
import { approvalTypeSchema } from './authorization-error.ts';

/** What becomes of a call: it wants to begin, was refused by what was known already, or has ended. */
const toolEvents = ['called', 'refused', 'finished'] as const;
const toolOutcomes = ['succeeded', 'failed', 'withheld', 'not_run'] as const;

/**
 * Body of `POST /oauth/introspect`: RFC 7662 section 2.1, with a call as further context. With `tool_name` and
 * `tool_scope` it is recorded; one that wants to begin is judged, by `tool_scope` unless policy names another scope for that
 * tool, and `call.allowed` says whether it may. `tool_scope` alone asks how the last request for that scope ended, if
 * nobody is asked again yet.
 */
export const introspectBodySchema = z.object({
  token: z.string().min(1).max(8_192),
  token_type_hint: z.string().max(100).optional(),
  tool_name: z.string().min(1).max(128).optional(),
  tool_scope: z.string().min(1).max(128).optional(),
  tool_event: z.enum(toolEvents).default('called'),
  /** SHA-256 of the arguments, in hexadecimal or base64url: never the arguments. */
  argument_digest: z
    .string()
    .regex(/^(?:[0-9a-f]{64}|[\w-]{43})$/)
    .optional(),
  /** Of a call that has ended: how, under which grant, after how long. */
  tool_outcome: z.enum(toolOutcomes).optional(),
  grant_id: z.string().max(128).optional(),
  duration_ms: z.coerce.number().int().min(0).max(86_400_000).optional(),
});
export type IntrospectBody = z.infer<typeof introspectBodySchema>;

const activeSchema = z.object({
  active: z.literal(true),
  /** Those of the token whose grants are alive at this moment. */
  scope: z.string(),
  client_id: z.string(),
  sub: z.string(),
  /** The person's e-mail address. */
  username: z.string(),
  iss: z.string(),
  aud: z.string(),
  iat: z.int(),
  exp: z.int(),
  jti: z.string(),
  token_type: z.string(),
  /** Who uses the token for that client (RFC 8693 section 4.1). */
  act: z.object({ sub: z.string() }).optional(),
  /** What the token is bound to (RFC 7800). */
  cnf: z.record(z.string(), z.unknown()).optional(),
  /** The grant behind each elevated scope. */
  grants: z.array(z.object({ scope: z.string(), grant_id: z.string() })),
  /** How this person and client would get each scope of the resource. */
  approval_types: z.record(z.string(), approvalTypeSchema),
  /** The scope that policy says a tool of the resource needs. */
  tools: z.record(z.string(), z.string()),
  /** The client gets its refusals in the results of tools; `scope` then has all that it holds, whatever the token says. */
  in_band: z.boolean(),
  /** Of the call that wants to begin: whether it may, the scope that it was judged by, the grant that it begins under. */
  call: z.object({ allowed: z.boolean(), scope: z.string(), grant_id: z.string().optional() }).optional(),
  /** How the last request for `tool_scope` ended, while nobody is asked again. */
  cool_down: z
    .object({
      request_id: z.string(),
      status: z.enum(['denied', 'expired', 'approved']),
      reason: z.string().nullable(),
      until: z.string(),
    })
    .optional(),
});

/** Answer of `POST /oauth/introspect` (RFC 7662 section 2.2). */
export const introspectionSchema = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  activeSchema,
]);
export type Introspection = z.infer<typeof introspectionSchema>;
