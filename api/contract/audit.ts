import { z } from 'zod';

/** Query of `GET /api/audit`. Conditions hold together; `from` is inclusive, `to` is not. */
export const auditQuerySchema = z.object({
  /** Whom the entries are about: an e-mail address or a subject. */
  subject: z.string().trim().min(1).max(320).optional(),
  scope: z.string().min(1).max(128).optional(),
  request_id: z.string().min(1).max(128).optional(),
  type: z.string().min(1).max(64).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'The cursor is not one of ours. Start from the first page.')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** One entry: what happened, when, by whom, to whom. Ids and digests, never a token or an argument. */
export const auditEntrySchema = z.object({
  position: z.string(),
  at: z.iso.datetime(),
  type: z.string(),
  /** An e-mail address, or `policy`, `system`, `anonymous`. */
  actor: z.string(),
  /** The e-mail address of the person it is about. */
  subject: z.string().nullable(),
  client_id: z.string().nullable(),
  request_id: z.string().nullable(),
  grant_id: z.string().nullable(),
  session_id: z.string().nullable(),
  scopes: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
});

/** Answer of `GET /api/audit`: the newest first. */
export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;
