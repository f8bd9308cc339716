import { sql } from 'kysely';
import { runChecked } from '../../activities/store/checked-function.ts';
import { endEverythingOf } from '../../activities/store/end-everything.ts';
import type { OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { tellWorkflowsEnded } from '../approvals/tell-workflows-ended.ts';
import type { PersonDetail } from '../contract/people.ts';
import type { Caller } from '../sessions/caller.ts';
import { personDetail } from './read-people.ts';
import { requireAdmin } from './require-role.ts';

/** What changing people takes. */
export interface PeopleDeps extends ApprovalDeps {
  payloads: OidcPayloads;
}

/**
 * Closes an account and ends, in the same transaction, whatever it has going on. Repeating it ends what a crash or a
 * race has left.
 *
 * @throws {DomainError} `not_admin`, `own_account`, `last_admin`, `not_found`
 */
export async function disablePerson(
  deps: PeopleDeps,
  caller: Caller,
  subject: string,
  reason: string | undefined,
): Promise<PersonDetail> {
  await requireAdmin(deps.db, caller, 'disable');
  const why = reason === undefined || reason === '' ? null : reason;
  const note = `${caller.person.email} disabled the account${why === null ? '.' : `: “${why}”`}`;
  const ended = await deps.db.transaction().execute(async (trx) => {
    await runChecked(trx, sql`set_person_disabled(${caller.person.subject}, ${subject}, true, ${why})`);
    return endEverythingOf(trx, deps.payloads, subject, { by: caller.person.subject, note, at: deps.now() });
  });
  await tellWorkflowsEnded(deps, ended);
  return personDetail(deps, caller, subject);
}

/**
 * Opens an account again. Nothing of before comes back: a grant that a mint wrote while the account was being closed
 * ends here at the latest.
 *
 * @throws {DomainError} `not_admin`, `own_account`, `not_found`
 */
export async function enablePerson(deps: PeopleDeps, caller: Caller, subject: string): Promise<PersonDetail> {
  await requireAdmin(deps.db, caller, 'enable');
  const ended = await deps.db.transaction().execute(async (trx) => {
    const changed = await runChecked<boolean>(
      trx,
      sql`set_person_disabled(${caller.person.subject}, ${subject}, false, null)`,
    );
    if (!changed) return undefined;
    const note = 'The account was disabled when this was granted.';
    return endEverythingOf(trx, deps.payloads, subject, { by: caller.person.subject, note, at: deps.now() });
  });
  if (ended !== undefined) await tellWorkflowsEnded(deps, ended);
  return personDetail(deps, caller, subject);
}
