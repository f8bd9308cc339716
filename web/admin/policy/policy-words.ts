import type { PolicyScopeView, PolicyView } from '../../../api/contract/policy.ts';
import { listInWords } from '../../lib/list-in-words.ts';
import { formatSeconds } from '../overview/chart-numbers.ts';

const risks = ['critical', 'high', 'medium', 'low', 'none'];

/** Scopes with the riskiest first. Pure. */
export function byRisk(scopes: readonly PolicyScopeView[]): PolicyScopeView[] {
  return scopes.toSorted(
    (one, other) => risks.indexOf(one.risk) - risks.indexOf(other.risk) || one.scope.localeCompare(other.scope),
  );
}

/** Who receives the scope without asking anybody. Pure. */
export function atOnceText({ granted_at_once_to: roles }: PolicyScopeView): string {
  if (roles.includes('everyone')) return 'Everybody with a valid sign-in';
  if (roles.length === 0) return 'Nobody';
  return `Holders of ${roles.length === 1 ? 'the role' : 'one of the roles'} ${listInWords(roles, 'or')}`;
}

/** What everybody else has to do. Pure. */
export function otherwiseText(scope: PolicyScopeView): string {
  switch (scope.otherwise) {
    case 'admin':
      return scope.approvers.length === 0
        ? 'Ask, but nobody may approve: no role is named'
        : `Ask somebody who holds ${scope.approvers.length === 1 ? 'the role' : 'one of the roles'} ${listInWords(scope.approvers, 'or')}`;
    case 'self':
      return 'Confirm it themselves, with a fresh sign-in';
    case 'forbidden':
      return 'Never';
    default:
      return scope.otherwise satisfies never;
  }
}

/** How many people can decide now; undefined where nobody has to. Pure. */
export function decidersText({ otherwise, approvers_now: count }: PolicyScopeView): string | undefined {
  if (otherwise !== 'admin') return undefined;
  if (count === 0) return 'Nobody holds such a role now: requests will run out unanswered.';
  return count === 1 ? 'One person can decide now; never on their own request.' : `${count} people can decide now.`;
}

/** How long a grant and a request last. Pure. */
export function durationText(scope: PolicyScopeView): string {
  const most =
    scope.max_grant_ttl_seconds > scope.grant_ttl_seconds
      ? `, at most ${formatSeconds(scope.max_grant_ttl_seconds)}`
      : '';
  return `${formatSeconds(scope.grant_ttl_seconds)}${most}`;
}

/** The server that a scope is for, in words. Pure. */
export function serverText(resource: string, others: PolicyView['resources']): string {
  if (resource === 'mcp') return 'the tool server here';
  if (resource === 'api') return 'this API';
  const other = others.find((listed) => listed.resource === resource);
  return other === undefined ? resource : `${other.name} (${other.identifier})`;
}

/** A denial as a sentence. Pure. */
export function denialText({ scopes, roles, clients }: PolicyView['deny'][number]): string {
  const whom = roles.length === 0 ? 'Nobody' : `Nobody who holds ${listInWords(roles, 'or')}`;
  const through = clients.length === 0 ? '' : ` through ${listInWords(clients, 'or')}`;
  return `${whom} gets ${listInWords(scopes, 'or')}${through}`;
}

/** Who or what made a policy live. Pure. */
export function sourceText(activatedBy: string | null): string {
  if (activatedBy === null) return 'with no record of by whom';
  return activatedBy === 'system' ? 'from the policy file on disk' : `by ${activatedBy}`;
}
