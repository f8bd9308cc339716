import ms from 'ms';
import { DomainError } from '../../workflows/domain/errors.ts';
import { fitsMaximum, grantBounds } from '../../workflows/domain/grant-duration.ts';
import type { Policy } from '../../workflows/domain/policy.ts';

/** @throws {DomainError} `duration_too_long`, with the maximum, when policy lets no grant of these scopes live that long. */
export function refuseTooLong(policy: Policy, scopes: readonly string[], durationSeconds: number): void {
  if (fitsMaximum(policy, scopes, durationSeconds)) return;
  const { maxSeconds } = grantBounds(policy, scopes);
  throw new DomainError(
    'duration_too_long',
    `The policy allows ${scopes.join(', ')} for ${ms(maxSeconds * 1_000, { long: true })} at most. Choose at most ${maxSeconds} seconds.`,
    { details: { max_grant_seconds: maxSeconds } },
  );
}
