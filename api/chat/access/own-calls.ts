import { callsUnderGrant, ownArguments } from '../../../activities/store/grant-calls.ts';
import { findGrant } from '../../../activities/store/grants.ts';
import type { Db } from '../../../activities/store/connect.ts';
import { DomainError } from '../../../workflows/domain/errors.ts';
import type { AccessCallList } from '../../contract/access.ts';

const shownCalls = 100;

/** What ran under one's own grant. @throws {DomainError} `not_found` for somebody else's, too (RULES 9) */
export async function ownCalls(
  deps: { db: Db; now: () => Date },
  subject: string,
  grantId: string,
): Promise<AccessCallList> {
  const grant = await findGrant(deps.db, grantId);
  if (grant === undefined || grant.subject !== subject) {
    throw new DomainError('not_found', 'There is no such grant of yours.');
  }
  const { calls, more } = await callsUnderGrant(deps.db, grantId, shownCalls);
  const known = await ownArguments(
    deps.db,
    subject,
    calls.map(({ argumentDigest }) => argumentDigest),
  );
  return {
    calls: calls.map(({ tool, calledAt, finishedAt, outcome, argumentDigest }) => ({
      tool,
      called_at: calledAt.toISOString(),
      finished_at: finishedAt?.toISOString() ?? null,
      outcome,
      argument_digest: argumentDigest,
      arguments: known.get(argumentDigest)?.arguments ?? null,
      session_id: known.get(argumentDigest)?.sessionId ?? null,
    })),
    more,
    now: deps.now().toISOString(),
  };
}
