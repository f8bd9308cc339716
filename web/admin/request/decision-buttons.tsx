import { Button } from '../../ui/button.tsx';
import type { Verdict } from './recorded-decisions.ts';

/** Back and the verdict, at the foot of a dialog; the chord that sends stands beside them. */
export function DecisionButtons(props: {
  verdict: Verdict;
  label: string;
  ready: boolean;
  sending: boolean;
  describedBy?: string;
  onBack: () => void;
}) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-4">
      <p aria-hidden className="mr-auto text-xs text-muted pointer-coarse:hidden">
        Ctrl Enter sends
      </p>
      <Button onClick={props.onBack}>Back</Button>
      <Button
        type="submit"
        look={props.verdict === 'deny' ? 'bad' : 'good'}
        disabled={!props.ready}
        aria-keyshortcuts="Control+Enter"
        aria-describedby={props.describedBy}
      >
        {props.sending ? 'Sending…' : props.label}
      </Button>
    </div>
  );
}
