import { heldScopes } from '../../../activities/store/grants.ts';
import type { Db } from '../../../activities/store/connect.ts';
import type { Account } from '../../../activities/store/people.ts';
import { livePolicy } from '../../../activities/store/policies.ts';
import { openRequestsOfClient, type ScopeRequest } from '../../../activities/store/requests.ts';
import type { ApprovalType } from '../../../workflows/domain/approval-type.ts';
import { chatClientId } from '../../../workflows/domain/clients.ts';
import { evaluatePolicy } from '../../../workflows/domain/evaluate-policy.ts';
import { grantBounds } from '../../../workflows/domain/grant-duration.ts';
import type { Policy } from '../../../workflows/domain/policy.ts';
import { isElevated } from '../../../workflows/domain/scopes.ts';
import type { AccessScope, AccessScopeList } from '../../contract/access.ts';

/** Every scope of the tools, and how this person stands to it through the chat. */
export async function ownScopes(deps: { db: Db; now: () => Date }, person: Account): Promise<AccessScopeList> {
  const now = deps.now();
  const holder = { subject: person.subject, clientId: chatClientId };
  const [policy, held, open] = await Promise.all([
    livePolicy(deps.db),
    heldScopes(deps.db, holder, now),
    openRequestsOfClient(deps.db, holder),
  ]);
  return { scopes: standings(policy, person, held, open), now: now.toISOString() };
}

/** Pure. */
export function standings(
  policy: Policy,
  person: Pick<Account, 'roles' | 'disabled'>,
  held: readonly string[],
  open: readonly Pick<ScopeRequest, 'request_id' | 'scopes'>[],
): AccessScope[] {
  return Object.entries(policy.scopes)
    .filter(([scope, { resource }]) => isElevated(scope) && resource === 'mcp')
    .map(([scope, rules]) => {
      const { usualSeconds, maxSeconds } = grantBounds(policy, [scope]);
      const question = { roles: person.roles, disabled: person.disabled, clientId: chatClientId, scopes: [scope] };
      return {
        scope,
        description: rules.description,
        risk: rules.risk,
        standing: held.includes(scope) ? 'held' : standingOf(evaluatePolicy(policy, question).approvalType),
        approvers: [...rules.approverRoles],
        justification_required: rules.justification === 'required',
        conversation_only: rules.binding === 'session',
        grant_seconds: usualSeconds,
        max_grant_seconds: maxSeconds,
        pending_request_id: open.find(({ scopes }) => scopes.includes(scope))?.request_id ?? null,
      };
    });
}

function standingOf(approvalType: ApprovalType): AccessScope['standing'] {
  switch (approvalType) {
    case 'auto':
      return 'at_once';
    case 'self':
      return 'by_consent';
    case 'admin_required':
      return 'by_asking';
    case 'forbidden':
      return 'never';
    default:
      return approvalType satisfies never;
  }
}
