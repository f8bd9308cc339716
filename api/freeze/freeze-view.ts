import type { DbOrTrx } from '../../activities/store/connect.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { findFreeze } from '../../activities/store/suspensions.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { FreezeView } from '../contract/freeze.ts';

/** The freeze that is in force, with who and since when; everybody may know it. */
export async function currentFreeze(db: DbOrTrx): Promise<FreezeView | null> {
  const freeze = await findFreeze(db);
  if (freeze === undefined) return null;
  const names = await namesOf(db, [freeze.frozen_by]);
  return {
    reason: freeze.reason,
    by: names.get(freeze.frozen_by)?.email ?? '',
    since: freeze.frozen_at.toISOString(),
  };
}

/** Why something waits: `what` begins the sentence. The answer carries the freeze for programs. */
export function frozenError(what: string, freeze: FreezeView | null): DomainError {
  const why = freeze === null ? '' : ` by ${freeze.by}: “${freeze.reason}”`;
  return new DomainError(
    'grants_frozen',
    `${what} All elevated grants are frozen${why}. Try again when an admin has lifted the freeze.`,
    { details: { freeze } },
  );
}
