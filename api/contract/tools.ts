import { z } from 'zod';
import { approvalTypeSchema } from './authorization-error.ts';

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
  tools: z.array(toolAccessSchema),
  now: z.iso.datetime(),
});
export type ListedTool = z.infer<typeof toolAccessSchema>;
export type ToolList = z.infer<typeof toolListSchema>;
