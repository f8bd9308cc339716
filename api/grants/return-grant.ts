import { DomainError, type DomainErrorCode } from '../../workflows/domain/errors.ts';
import { findGrant, type Grant } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { GrantView } from '../contract/grants.ts';
import { mayCallerSee, type Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';
import { endEarly } from './end-early.ts';

/**
 * The holder hands a grant back before its end. The row is committed first and answered after: from then on no call
 * starts with it (RULES 15). Repeating it is harmless. A client may hand back only what it holds itself, and what
 * the caller may not see is as if it were not there.
 *
 * @throws {DomainError} `not_found`, `not_holder`, `client_not_allowed`; `already_decided` when it ended otherwise.
 */
export async function returnGrant(deps: ApprovalDeps, caller: Caller, grantId: string): Promise<GrantView> {
  const policy = await livePolicy(deps.db);
  const grant = await findGrant(deps.db, grantId);
  if (grant === undefined) throw notFound();
  const refusal = whyNotReturn(caller, grant, mayCallerSee(policy, caller, grant));
  if (refusal !== undefined) {
    const { subject, scopes } = grant;
    await recordRefusedAccess(deps.db, caller, { what: 'return', code: refusal, subject, grantId, scopes });
    throw refusalError(refusal);
  }
  return endEarly(deps, caller, grantId, policy, { reason: 'returned' });
}

type Refusal = Extract<DomainErrorCode, 'not_found' | 'not_holder' | 'client_not_allowed'>;

function whyNotReturn(caller: Caller, grant: Grant, visible: boolean): Refusal | undefined {
  if (!visible) return 'not_found';
  if (grant.subject !== caller.person.subject) return 'not_holder';
  if (caller.kind === 'bearer' && grant.client_id !== caller.clientId) return 'client_not_allowed';
  return undefined;
}

function refusalError(refusal: Refusal): DomainError {
  switch (refusal) {
    case 'not_found':
      return notFound();
    case 'not_holder':
      return new DomainError('not_holder', 'Only its holder can hand a grant back. An approver can revoke it.');
    case 'client_not_allowed':
      return new DomainError('client_not_allowed', 'This grant belongs to another client, which can hand it back.');
    default:
      return refusal satisfies never;
  }
}

function notFound(): DomainError {
  return new DomainError('not_found', 'There is no such grant, or it is not yours to see.');
}
