import { appendAudit, type AuditEntry } from '../../activities/store/audit.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import type { Caller } from './caller.ts';

/** What the caller was refused. */
export interface RefusedAccess extends Pick<AuditEntry, 'subject' | 'requestId' | 'grantId' | 'scopes'> {
  /** To do or to see. */
  what: string;
  code?: string;
}

/** Audits that somebody tried what is not theirs to do or to see (RULES 9). Whoever calls it refuses it then. */
export async function recordRefusedAccess(db: DbOrTrx, caller: Caller, refused: RefusedAccess): Promise<void> {
  const { what, code, ...about } = refused;
  await appendAudit(db, {
    type: 'access.refused',
    actor: caller.person.subject,
    clientId: caller.clientId,
    ...about,
    data: code === undefined ? { what } : { what, code },
  });
}
