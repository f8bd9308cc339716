import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { DecisionDialog } from '../request/decision-dialog.tsx';
import type { Verdict } from '../request/recorded-decisions.ts';
import { BatchDialog } from './batch-dialog.tsx';

/** What is about to be decided, as it was when somebody chose it. */
export interface Deciding {
  verdict: Verdict;
  requests: readonly ScopeRequestView[];
  together: boolean;
}

/** The last step before a decision, on one request or on several. */
export function QueueDialogs(props: {
  deciding: Deciding;
  onClose: () => void;
  onDecided: (requestId: string) => void;
  onAllDecided: () => void;
}) {
  const { requests, verdict, together } = props.deciding;
  const [one] = requests;
  if (together) {
    return <BatchDialog requests={requests} verdict={verdict} onDone={props.onAllDecided} onClose={props.onClose} />;
  }
  if (one === undefined) return null;
  return (
    <DecisionDialog
      request={one}
      verdict={verdict}
      onClose={props.onClose}
      onDecided={() => props.onDecided(one.request_id)}
    />
  );
}
