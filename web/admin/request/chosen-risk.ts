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

/** The highest risk of what is chosen; the whole request's where one of them is not known, or none is chosen. Pure. */
export function chosenRisk(
  facts: Pick<RequestDetail, 'scopes'> | undefined,
  chosen: readonly string[],
  whole: ScopeRequestView['risk'],
): ScopeRequestView['risk'] {
  const risks = chosen.map((scope) => scopeRisk(facts, scope));
  if (risks.length === 0 || risks.includes(null)) return whole;
  return [...order].reverse().find((risk) => risks.includes(risk)) ?? whole;
}
