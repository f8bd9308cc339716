import { useId } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { Button } from '../../ui/button.tsx';
import type { Verdict } from '../request/recorded-decisions.ts';
import { whyNotTogether } from './why-not-together.ts';

/** What can be done with the ticked rows; where it cannot, the buttons stay and say why. */
export function BatchBar(props: {
  requests: readonly ScopeRequestView[];
  onDecide: (verdict: Verdict) => void;
  onClear: () => void;
}) {
  const explanation = useId();
  const why = whyNotTogether(props.requests);
  const count = props.requests.length;
  return (
    <section
      aria-label="Ticked requests"
      className="sticky bottom-3 z-10 grid gap-2 rounded-xl border border-line-strong bg-surface p-3 shadow-xl"
    >
      <p id={explanation} className="text-sm text-wait empty:hidden">
        {why}
      </p>
      <div className="flex flex-wrap items-center gap-4">
        <p className="text-sm font-medium">{count} ticked</p>
        <Button look="quiet" onClick={props.onClear}>
          Untick all
        </Button>
        <div className="ml-auto flex gap-4 max-sm:w-full">
          <Button
            look="bad"
            className="flex-1 px-5 whitespace-nowrap"
            disabled={why !== undefined}
            aria-describedby={explanation}
            aria-keyshortcuts="Shift+D"
            onClick={() => props.onDecide('deny')}
          >
            Deny {count}…
          </Button>
          <Button
            look="good"
            className="flex-1 px-5 whitespace-nowrap"
            disabled={why !== undefined}
            aria-describedby={explanation}
            aria-keyshortcuts="Shift+A"
            onClick={() => props.onDecide('approve')}
          >
            Approve {count}…
          </Button>
        </div>
      </div>
    </section>
  );
}
