import { endAccountSession } from '../../activities/store/account-sessions.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { endChatSignIn } from '../../activities/store/chat-sign-ins.ts';
import { endClientSignIns } from '../../activities/store/client-sign-ins.ts';
import { endSignIns } from '../../activities/store/end-everything.ts';
import { announce } from '../../activities/store/events.ts';
import { livingSignIns } from '../../activities/store/people-listing.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { PersonDetail } from '../contract/people.ts';
import type { Caller } from '../sessions/caller.ts';
import type { PeopleDeps } from './disable-person.ts';
import { personDetail } from './read-people.ts';
import { requireAdmin } from './require-role.ts';

/** Ends one sign-in of a person; streams opened with it end too. @throws {DomainError} `not_admin`, `not_found` */
export async function endOneSignIn(
  deps: PeopleDeps,
  caller: Caller,
  subject: string,
  sessionId: string,
): Promise<PersonDetail> {
  await requireAdmin(deps.db, caller, 'end session');
  const now = deps.now();
  await deps.db.transaction().execute(async (trx) => {
    const signIn = (await livingSignIns(trx, subject, now)).find((candidate) => candidate.sessionId === sessionId);
    if (signIn === undefined) throw new DomainError('not_found', 'This session has ended already.');
    if (signIn.kind === 'dashboard') {
      await endAccountSession(trx, sessionId, now);
      await endClientSignIns(trx, { accountSessionId: sessionId }, now);
    } else await endChatSignIn(trx, sessionId, now);
    await appendAudit(trx, {
      type: 'session.ended',
      actor: caller.person.subject,
      subject,
      data: { kind: signIn.kind, all: false },
    });
    await announce(trx, { kind: 'sign_out', id: subject, subject });
    await announce(trx, { kind: 'person', id: subject, subject });
  });
  return personDetail(deps, caller, subject);
}

/** Ends every sign-in of a person; grants stay and wait for the next one. @throws {DomainError} `not_admin`, `not_found` */
export async function endAllSignIns(deps: PeopleDeps, caller: Caller, subject: string): Promise<PersonDetail> {
  await requireAdmin(deps.db, caller, 'end sessions');
  // Nobody of that id is told before anything is written.
  await personDetail(deps, caller, subject);
  await deps.db.transaction().execute(async (trx) => {
    await endSignIns(trx, deps.payloads, subject, deps.now());
    await appendAudit(trx, { type: 'session.ended', actor: caller.person.subject, subject, data: { all: true } });
    await announce(trx, { kind: 'person', id: subject, subject });
  });
  return personDetail(deps, caller, subject);
}
