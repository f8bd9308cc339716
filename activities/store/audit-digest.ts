import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';

/** An entry as its digest covers it: everything, as text, so that nothing is lost on the way out of the database. */
export interface SealedContent {
  position: string;
  /** In UTC, to the millisecond. */
  at: string;
  type: string;
  actor: string;
  subject: string | null;
  client_id: string | null;
  request_id: string | null;
  grant_id: string | null;
  session_id: string | null;
  scopes: string[];
  data: string;
}

/** The columns of {@link SealedContent}, for a select on `audit_events`. */
export function sealedColumns(): RawBuilder<SealedContent> {
  return sql<SealedContent>`position, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, type, actor,
    subject, client_id, request_id, grant_id, session_id, scopes, data::text as data`;
}

/** What the first entry of all follows. */
export const chainBeginning: Buffer = Buffer.alloc(32);

/** SHA-256 over the digest of the entry before and this entry's content. Pure. */
export function sealDigest(previous: Buffer, entry: SealedContent): Buffer {
  const content = [
    entry.position,
    entry.at,
    entry.type,
    entry.actor,
    entry.subject,
    entry.client_id,
    entry.request_id,
    entry.grant_id,
    entry.session_id,
    entry.scopes,
    entry.data,
  ];
  return createHash('sha256').update(previous).update(JSON.stringify(content)).digest();
}
