import { approvesScopes, maySee } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { GrantStatus } from '../../workflows/domain/grant-status.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { findGrant, listGrants as listStoredGrants } from '../../activities/store/grants.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { visibilityOf } from '../approvals/list-requests.ts';
import type { GrantList, GrantView } from '../contract/grants.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import type { Caller } from '../sessions/caller.ts';
import { endEarly } from './end-early.ts';
import { grantView } from './view-grant.ts';

/** One's own grants; for auditors all of them, for approvers those whose scopes they approve. */
export async function listGrants(
  deps: ApprovalDeps,
  caller: Caller,
  query: { status?: GrantStatus | undefined; cursor?: string | undefined; limit: number },
): Promise<GrantList> {
  const policy = await livePolicy(deps.db);
  const cursor = decodeCursor(query.cursor);
  const now = deps.now();
  const rows = await listStoredGrants(deps.db, {
    visibleTo: visibilityOf(caller, policy),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(cursor === undefined ? {} : { after: { grantedAt: cursor.at, grantId: cursor.id } }),
    now,
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const names = await namesOf(
    deps.db,
    page.flatMap(({ subject, ended_by }) => [subject, ended_by]),
  );
  return {
    grants: page.map((grant) => grantView(grant, names, caller, policy, now)),
    ...(rows.length > query.limit && last !== undefined
      ? { next_cursor: encodeCursor({ at: last.granted_at, id: last.grant_id }) }
      : {}),
    now: now.toISOString(),
  };
}

/**
 * Ends a grant early. The row is committed first and answered after: from then on no call starts with it (RULES 15).
 * Revoking an ended grant is 409 with how it ended.
 *
 * @throws {DomainError} `not_found`, `not_approver`, `insufficient_scope`, `already_decided`
 */
export async function revokeGrant(
  deps: ApprovalDeps,
  caller: Caller,
  grantId: string,
  reason: string | undefined,
): Promise<GrantView> {
  const policy = await livePolicy(deps.db);
  const grant = await findGrant(deps.db, grantId);
  if (grant === undefined || !maySee(policy, caller.person, grant)) {
    throw new DomainError('not_found', 'There is no such grant, or it is not yours to see.');
  }
  const refusal =
    caller.kind === 'bearer'
      ? 'insufficient_scope'
      : approvesScopes(policy, caller.person, grant.scopes)
        ? undefined
        : 'not_approver';
  if (refusal !== undefined) {
    await appendAudit(deps.db, {
      type: 'access.refused',
      actor: caller.person.subject,
      subject: grant.subject,
      clientId: caller.clientId,
      grantId,
      scopes: grant.scopes,
      data: { what: 'revoke', code: refusal },
    });
    throw new DomainError(
      refusal,
      refusal === 'not_approver'
        ? 'The policy does not name you as an approver of these scopes.'
        : 'Revoking through a client needs the scope approve:requests. Revoke in the dashboard instead.',
    );
  }
  return endEarly(deps, caller, grantId, policy, { reason: 'revoked', note: reason });
}
