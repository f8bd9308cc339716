import { isHighOrCritical, type Risk } from './policy.ts';

/** What makes requests alike. */
export interface ComparableRequest {
  tool_name: string | null;
  scopes: readonly string[];
  risk: Risk | null;
}

/**
 * Why these requests cannot be decided together, or `undefined` when they can: one look decides on many only where
 * tool, scopes and risk are the same, and never on what is high or critical.
 */
export function whyNotAlike(requests: readonly ComparableRequest[]): string | undefined {
  const [first, ...others] = requests;
  if (first === undefined) return undefined;
  if (requests.some(({ risk }) => isHighOrCritical(risk))) {
    return 'Requests of high or critical risk are decided one at a time.';
  }
  if (requests.some(({ risk }) => risk === null)) return 'Policy has not looked at one of them yet. Wait a moment.';
  const alike = others.every(
    (other) => other.tool_name === first.tool_name && other.risk === first.risk && sameScopes(other, first),
  );
  return alike ? undefined : 'Only requests for the same tool, the same scopes and the same risk are decided together.';
}

function sameScopes(one: ComparableRequest, other: ComparableRequest): boolean {
  return one.scopes.length === other.scopes.length && one.scopes.every((scope) => other.scopes.includes(scope));
}
