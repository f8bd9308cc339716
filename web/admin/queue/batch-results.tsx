import { CircleCheck, CircleX, Clock } from 'lucide-react';
import type { BatchDecision } from '../../../api/contract/batch-decisions.ts';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { Verdict } from '../request/recorded-decisions.ts';

/** What became of each request of a batch: a part of it may have been too late. */
export function BatchResults(props: {
  requests: readonly ScopeRequestView[];
  results: BatchDecision['results'];
  verdict: Verdict;
  onClose: () => void;
}) {
  const done = props.verdict === 'deny' ? 'denied' : 'approved';
  const refused = props.results.filter(({ outcome }) => outcome === 'refused').length;
  const taken = props.results.length - refused;
  return (
    <div className="grid gap-4">
      <Notice tone={refused === 0 ? 'good' : 'wait'} role="status">
        {refused === 0 ? `All ${taken} ${done}.` : `${taken} ${done}, ${refused} not. Each is told below.`}
      </Notice>
      <ul aria-label="What became of each" className="grid gap-3">
        {props.requests.map((request) => {
          const result = props.results.find(({ request_id }) => request_id === request.request_id);
          return (
            <li key={request.request_id} className="grid gap-1.5 text-sm">
              <p className="flex items-start gap-2">
                {result?.outcome === 'decided' ? (
                  <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
                ) : result?.outcome === 'recorded' ? (
                  <Clock aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
                ) : (
                  <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
                )}
                <span className="wrap-anywhere">
                  <strong className="font-semibold">{request.subject_email}</strong>:{' '}
                  {result?.outcome === 'decided'
                    ? `${done}.`
                    : result?.outcome === 'recorded'
                      ? 'recorded and being delivered.'
                      : (result?.problem?.detail ?? 'no answer came; look at the request.')}
                </span>
              </p>
              <ArgumentsView values={request.tool_args} />
            </li>
          );
        })}
      </ul>
      <div className="flex justify-end">
        <Button onClick={props.onClose}>Close</Button>
      </div>
    </div>
  );
}
