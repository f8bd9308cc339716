import { listGrants } from '../../activities/store/grant-listing.ts';
import { findPerson, findPersonByEmail } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { visibilityOf } from '../approvals/list-requests.ts';
import type { Revocations, RevocationsBody } from '../contract/grants.ts';
import { asDomainError, toProblem } from '../problems.ts';
import type { Caller } from '../sessions/caller.ts';
import { revokeGrant } from './revoke-grant.ts';

const atOnce = 4;
/** More than anybody holds; a second call revokes the rest. */
const mostOfAPerson = 500;

/**
 * Ends several grants early, or all that a person holds now, each as {@link revokeGrant} does: what fails for one is
 * told of that one and stops no other.
 *
 * @throws {DomainError} `not_found` when the person holds nothing that is the caller's to see
 */
export async function revokeMany(deps: ApprovalDeps, caller: Caller, body: RevocationsBody): Promise<Revocations> {
  const ids = [...new Set(body.grant_ids ?? (await grantsOf(deps, caller, body.person ?? '')))];
  const results = new Map<string, Revocations['results'][number]>();
  const waiting = ids.values();
  const work = async (): Promise<void> => {
    for (const grantId of waiting) results.set(grantId, await revokeOne(deps, caller, grantId, body.reason));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { results: ids.flatMap((id) => results.get(id) ?? []), now: deps.now().toISOString() };
}

async function grantsOf({ db, now }: ApprovalDeps, caller: Caller, given: string): Promise<string[]> {
  const person = given.includes('@') ? await findPersonByEmail(db, given) : await findPerson(db, given);
  const visibleTo = visibilityOf(caller, await livePolicy(db));
  const held =
    person === undefined
      ? []
      : await listGrants(db, {
          visibleTo,
          subject: person.subject,
          status: 'active',
          now: now(),
          limit: mostOfAPerson,
        });
  // The same for nobody, for somebody without grants and for somebody else's: it tells nothing (RULES 9).
  if (held.length === 0) throw new DomainError('not_found', 'Nobody of that name holds a grant that is yours to see.');
  return held.map(({ grant_id }) => grant_id);
}

async function revokeOne(
  deps: ApprovalDeps,
  caller: Caller,
  grantId: string,
  reason: string | undefined,
): Promise<Revocations['results'][number]> {
  try {
    const grant = await revokeGrant(deps, caller, grantId, reason);
    return { grant_id: grantId, outcome: 'revoked', grant, problem: null };
  } catch (error) {
    const known = asDomainError(error);
    if (known.code === 'internal_error') deps.logger.error({ err: error }, 'one revocation of several failed');
    return { grant_id: grantId, outcome: 'refused', grant: null, problem: toProblem(known) };
  }
}
