import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Badge } from '../../ui/badge.tsx';
import { riskLabels } from './labels.ts';

/** The risk, in words and colour. */
export function RiskBadge({ risk }: { risk: ScopeRequestView['risk'] }) {
  if (risk === null) return null;
  const label = riskLabels[risk];
  return <Badge tone={label.tone}>{label.text}</Badge>;
}
