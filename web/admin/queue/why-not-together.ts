import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { cannotDecideText } from '../request/labels.ts';

/**
 * Why these requests cannot be decided together, or undefined when they can. The server judges the same again; here
 * it is said beforehand.
 */
export function whyNotTogether(requests: readonly ScopeRequestView[]): string | undefined {
  const [first] = requests;
  if (first === undefined) return 'Nothing is ticked.';
  const barred = requests.find(
    ({ cannot_decide, approval_type }) => cannot_decide !== null || approval_type === 'self',
  );
  if (barred !== undefined) {
    return barred.cannot_decide === 'own_request' && barred.approval_type !== 'self'
      ? 'You asked for one of these yourself: somebody else has to decide it.'
      : (cannotDecideText(barred) ?? 'One of these has ended already.');
  }
  if (requests.some(({ decided_alone: alone }) => alone)) {
    return 'Requests of high or critical risk are decided one at a time.';
  }
  const kind = kindOf(first);
  return requests.every((request) => kindOf(request) === kind)
    ? undefined
    : 'Only requests for the same tool, scopes and risk are decided together.';
}

function kindOf({ tool_name, scopes, risk }: ScopeRequestView): string {
  return JSON.stringify([tool_name, [...scopes].sort(), risk]);
}
