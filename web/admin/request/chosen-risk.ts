import type { RequestDetail, ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { riskLabels } from './labels.ts';

type Risk = NonNullable<ScopeRequestView['risk']>;

/** From the least to the most. */
const order = Object.keys(riskLabels) as Risk[];

/** One scope's risk; null while that is not known. Pure. */
export function scopeRisk(facts: Pick<RequestDetail, 'scopes'> | undefined, scope: string): Risk | null {
  const found = facts?.scopes.find((one) => one.scope === scope)?.risk;
  return order.find((risk) => risk === found) ?? null;
}

/**
 * The highest risk of what is chosen. All of it is of the risk that was recorded when policy looked, whatever it says by
 * now, and so is what is not known, or none of it. Pure.
 */
export function chosenRisk(
  facts: Pick<RequestDetail, 'scopes'> | undefined,
  chosen: readonly string[],
  request: Pick<ScopeRequestView, 'risk'> & { scopes: readonly string[] },
): ScopeRequestView['risk'] {
  const risks = chosen.map((scope) => scopeRisk(facts, scope));
  const all = request.scopes.every((scope) => chosen.includes(scope));
  if (all || risks.length === 0 || risks.includes(null)) return request.risk;
  return [...order].reverse().find((risk) => risks.includes(risk)) ?? request.risk;
}
