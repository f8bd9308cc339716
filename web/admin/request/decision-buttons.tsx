import { useId } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Verdict } from './recorded-decisions.ts';

/**
 * Back and the verdict, at the foot of a dialog. Beside them stands how far the decision is, or why it cannot be sent
 * yet, or else the chord that sends.
 */
export function DecisionButtons(props: {
  verdict: Verdict;
  label: string;
  ready: boolean;
  sending: boolean;
  /** Why the verdict is off, where that is not plain to see. */
  why?: string | undefined;
  onBack: () => void;
}) {
  const explanation = useId();
  const words = props.sending ? 'Recording your decision…' : props.why;
  return (
    <div className="flex flex-wrap items-center justify-end gap-4">
      <p id={explanation} role="status" className="mr-auto text-sm text-wait empty:hidden">
        {words}
      </p>
      {words === undefined && (
        <p aria-hidden className="mr-auto text-xs text-muted pointer-coarse:hidden">
          Ctrl Enter sends
        </p>
      )}
      <Button onClick={props.onBack}>Back</Button>
      <Button
        type="submit"
        look={props.verdict === 'deny' ? 'bad' : 'good'}
        disabled={!props.ready}
        aria-keyshortcuts="Control+Enter"
        aria-describedby={explanation}
      >
        {props.sending ? 'Sending…' : props.label}
      </Button>
    </div>
  );
}
