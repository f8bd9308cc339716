import {
  approvesScopes,
  approvesSomething,
  isAuditor,
  maySee,
  whyNotApprover,
} from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { grantStatus, type GrantStatus } from '../../workflows/domain/grant-status.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import { tellGrantEnded } from '../../activities/requests/tell-grant-ended.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { endGrant, findGrant, listGrants as listStoredGrants, type Grant } from '../../activities/store/grants.ts';
import { namesOf, type PersonName } from '../../activities/store/people-names.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { GrantList, GrantView } from '../contract/grants.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';

/** One's own grants; for auditors all of them, for approvers those whose scopes they approve. */
export async function listGrants(
  deps: ApprovalDeps,
  caller: Caller,
  query: { status?: GrantStatus | undefined; cursor?: string | undefined; limit: number },
): Promise<GrantList> {
  const policy = await livePolicy(deps.db);
  const viewer = overOthers(caller);
  const seesOthers = isAuditor(viewer) || approvesSomething(policy, viewer);
  const cursor = decodeCursor(query.cursor);
  const now = deps.now();
  const rows = await listStoredGrants(deps.db, {
    ...(seesOthers ? {} : { subject: caller.person.subject }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(cursor === undefined ? {} : { after: { grantedAt: cursor.at, grantId: cursor.id } }),
    now,
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const visible = page.filter((grant) => maySee(policy, viewer, grant));
  const names = await namesOf(
    deps.db,
    visible.flatMap(({ subject, ended_by }) => [subject, ended_by]),
  );
  return {
    grants: visible.map((grant) => grantView(grant, names, caller, policy, now)),
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
  const now = deps.now();
  const result = await deps.db
    .transaction()
    .execute((trx) => endGrant(trx, grantId, { reason: 'revoked', by: caller.person.subject, at: now, note: reason }));
  if (result === undefined) throw new DomainError('not_found', 'There is no such grant.');
  const view = await viewGrant(deps, caller, result.grant, policy, now);
  if (!result.ended && result.grant.end_reason !== 'revoked') {
    throw new DomainError('already_decided', `This grant has already ended: ${view.status}.`, {
      details: { grant: view },
    });
  }
  await tellGrantEnded(deps.temporal, grant.request_id).catch((err: unknown) => {
    deps.logger.warn({ err, grantId }, 'the grant is revoked; its workflow will notice at its end');
  });
  return view;
}

/** One grant as its caller sees it. */
export async function viewGrant(
  deps: Pick<ApprovalDeps, 'db'>,
  caller: Caller,
  grant: Grant,
  policy: Policy,
  now: Date,
): Promise<GrantView> {
  return grantView(grant, await namesOf(deps.db, [grant.subject, grant.ended_by]), caller, policy, now);
}

function grantView(grant: Grant, names: Map<string, PersonName>, caller: Caller, policy: Policy, now: Date): GrantView {
  const status = grantStatus({ expiresAt: grant.expires_at.getTime(), endReason: grant.end_reason }, now.getTime());
  return {
    grant_id: grant.grant_id,
    request_id: grant.request_id,
    subject_email: names.get(grant.subject)?.email ?? '',
    client_id: grant.client_id,
    scopes: grant.scopes,
    status,
    granted_at: grant.granted_at.toISOString(),
    expires_at: grant.expires_at.toISOString(),
    ended_at: grant.ended_at?.toISOString() ?? null,
    ended_by: grant.ended_by === null ? null : (names.get(grant.ended_by)?.email ?? grant.ended_by),
    can_revoke:
      status === 'active' &&
      caller.kind === 'browser' &&
      whyNotApprover(policy, caller.person, { subject: '', scopes: grant.scopes }) === undefined,
    can_return:
      status === 'active' &&
      grant.subject === caller.person.subject &&
      (caller.kind === 'browser' || grant.client_id === caller.clientId),
  };
}
