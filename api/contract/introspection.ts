import { z } from 'zod';

/** How a person and client would get a scope, as the structured authorization error says it. */
const approvalTypeSchema = z.enum(['auto', 'self', 'admin_required', 'forbidden']);

/**
 * Body of `POST /oauth/introspect`: RFC 7662 section 2.1, with what is about to be called as further context. With
 * `tool_name` and `tool_scope` the call is judged and recorded: `call.allowed` says whether it may begin.
 */
export const introspectBodySchema = z.object({
  token: z.string().min(1).max(8_192),
  token_type_hint: z.string().max(100).optional(),
  tool_name: z.string().min(1).max(128).optional(),
  tool_scope: z.string().min(1).max(128).optional(),
  /** SHA-256 of the arguments, in hexadecimal: never the arguments. */
  argument_digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
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
  /** Of the call that was asked about. */
  call: z.object({ allowed: z.boolean() }).optional(),
});

/** Answer of `POST /oauth/introspect` (RFC 7662 section 2.2). */
export const introspectionSchema = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  activeSchema,
]);
export type Introspection = z.infer<typeof introspectionSchema>;
