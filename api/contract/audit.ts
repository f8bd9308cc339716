import { z } from 'zod';
import { clientNameSchema } from './client-intro.ts';

/** What `GET /api/audit` and its export are filtered by. Conditions hold together; `from` is inclusive, `to` is not. */
const auditFilterSchema = z.object({
  /** Whom the entries are about: an e-mail address or a subject. */
  subject: z.string().trim().min(1).max(320).optional(),
  /** Whom the entries are about, or who did it. */
  person: z.string().trim().min(1).max(320).optional(),
  scope: z.string().min(1).max(128).optional(),
  request_id: z.string().min(1).max(128).optional(),
  grant_id: z.string().min(1).max(128).optional(),
  type: z.string().min(1).max(64).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type AuditFilterQuery = z.output<typeof auditFilterSchema>;

const positionSchema = z.string().regex(/^\d{1,18}$/, 'is no position of the audit log');

/** Query of `GET /api/audit`. */
export const auditQuerySchema = auditFilterSchema.extend({
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'The cursor is not one of ours. Start from the first page.')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Query of `GET /api/audit/export`. */
export const auditExportQuerySchema = auditFilterSchema.extend({ format: z.enum(['jsonl', 'csv']) });

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
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

/** Answer of `GET /api/audit`: the newest first. */
export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  /** What the entries’ clients are called, by id. For people: an agent is told nothing in the words of other programs. */
  clients: z.record(z.string(), clientNameSchema).optional(),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** Body of `POST /api/audit/verify`: a seal noted earlier, if any, that still has to stand. */
export const verifyAuditBodySchema = z
  .object({
    position: positionSchema.optional(),
    digest: z
      .string()
      .trim()
      .regex(/^[0-9a-f]{64}$/i, 'is no digest of ours: 64 hexadecimal digits')
      .optional(),
  })
  .refine(({ position, digest }) => (position === undefined) === (digest === undefined), {
    message: 'Give both the position and the digest of the seal you noted, or neither.',
  });

/** Answer of `POST /api/audit/verify`. */
export const auditVerificationSchema = z.object({
  /** Every sealed entry is as it was sealed, none is missing, none was put in; and the noted seal stands. */
  intact: z.boolean(),
  /** Entries held to their seals. */
  checked: z.int(),
  /** The newest seal. Noted down elsewhere, it shows later whether the whole log was rewritten. */
  sealed: z.object({ position: z.string(), digest: z.string() }).nullable(),
  /** Entries of the last seconds that no seal covers yet. */
  unsealed: z.int(),
  /** The first breaks by position: `changed` since it was sealed, `removed` (its seal is left), `cut` (gone with its seal), `inserted`. */
  breaks: z.array(
    z.object({
      position: z.string(),
      kind: z.enum(['changed', 'removed', 'cut', 'inserted']),
      explanation: z.string(),
    }),
  ),
  /** How many breaks there are, beyond those listed, too. */
  all_breaks: z.int(),
  /** Whether the noted seal still stands; null when none was given. */
  noted_seal_stands: z.boolean().nullable(),
  now: z.iso.datetime(),
});
export type AuditVerificationView = z.infer<typeof auditVerificationSchema>;
