import type { AuditEntry } from '../../activities/store/audit.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import { appendRefusal } from './append-refusal.ts';
import type { Caller } from './caller.ts';

type About = Pick<AuditEntry, 'subject' | 'clientId' | 'requestId' | 'grantId' | 'sessionId' | 'scopes'>;

/** What the caller was refused. */
export interface RefusedAccess extends About {
  /** To do or to see. */
  what: string;
  code?: string;
}

/**
 * Audits that somebody tried what is not theirs to do or to see (RULES 9), so many times a minute. Whoever calls it
 * refuses it then.
 *
 * @param refused its `clientId` is the caller's unless it says otherwise.
 */
export async function recordRefusedAccess(db: DbOrTrx, caller: Caller, refused: RefusedAccess): Promise<void> {
  const { what, code, ...about } = refused;
  await appendRefusal(db, caller, {
    type: 'access.refused',
    clientId: caller.clientId,
    ...about,
    data: code === undefined ? { what } : { what, code },
  });
}
