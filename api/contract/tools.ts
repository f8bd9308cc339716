import { z } from 'zod';
import { clientNameSchema } from './client-intro.ts';
import { approvalTypeSchema, authorizationErrorSchema } from './authorization-error.ts';

/** Query of `GET /api/tools`. */
export const listToolsQuerySchema = z.object({
  /** Another person, by e-mail address or subject: for auditors and admins. */
  subject: z.string().trim().min(1).max(320).optional(),
  /** The client whose grants count; the caller's own unless said otherwise. */
  client_id: z.string().min(1).max(128).optional(),
});

/** One tool of live policy, as it stands for one person and client. */
export const toolAccessSchema = z.object({
  name: z.string(),
  scope: z.string(),
  /** Of the scope. */
  description: z.string(),
  risk: z.enum(['none', 'low', 'medium', 'high', 'critical']),
  /** Null where there is nothing at stake. */
  security_level: z.enum(['MEDIUM', 'HIGH', 'CRITICAL']).nullable(),
  /** False for a tool of somebody else's server that policy declares. */
  hosted: z.boolean(),
  /** `now`: held, or granted at the first use without anybody being asked. `never`: policy forbids it. */
  access: z.enum(['now', 'by_asking', 'never']),
  /** How the scope is come by when it is not held. */
  approval_type: approvalTypeSchema,
  /** A living grant allows it. */
  held: z.boolean(),
});

/** Answer of `GET /api/tools`. */
export const toolListSchema = z.object({
  subject_email: z.string(),
  client_id: z.string(),
  client: clientNameSchema,
  tools: z.array(toolAccessSchema),
  now: z.iso.datetime(),
});
export type ListedTool = z.infer<typeof toolAccessSchema>;
export type ToolList = z.infer<typeof toolListSchema>;

/** Answer of `GET /api/tools/{name}`: a hosted tool as its server describes it. */
export const toolDescriptionSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** JSON Schema of the arguments. */
  input_schema: z.record(z.string(), z.unknown()),
  /** Read-only or idempotent: calling it twice does no harm. */
  repeatable: z.boolean(),
  now: z.iso.datetime(),
});
export type ToolDescriptionView = z.infer<typeof toolDescriptionSchema>;

/** Body of `POST /api/tools/{name}/call`; without a body the tool is called without arguments. */
export const callToolBodySchema = z.object({ arguments: z.record(z.string(), z.unknown()).default({}) });

/** Answer of `POST /api/tools/{name}/call`: how the call came out. */
export const toolCallAnswerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('succeeded'), result: z.record(z.string(), z.unknown()) }),
  /** The tool said no, or the tool server refused the request as such; `result.error` says why. */
  z.object({ status: z.literal('failed'), result: z.record(z.string(), z.unknown()) }),
  /** Nothing ran: the scope is not held. */
  z.object({ status: z.literal('insufficient_scope'), authorization_error: authorizationErrorSchema }),
  /** The connection broke on the way: the tool may have run. */
  z.object({ status: z.literal('unknown'), message: z.string() }),
]);
export type ToolCallAnswer = z.infer<typeof toolCallAnswerSchema>;
