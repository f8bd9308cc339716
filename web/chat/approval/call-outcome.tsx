import type { ReactNode } from 'react';
import { CircleHelp, CircleX, Clock3, KeyRound, Replace } from 'lucide-react';
import type { ToolCallView } from '../../../api/contract/chat.ts';
import { toneTexts, type Tone } from '../../ui/tone.ts';
import type { MessageTarget } from './message-target.ts';
import { RetryMessage } from './retry-message.tsx';

/** Whether the call's own card says what to do about how it ended. */
export function explainsItself(status: ToolCallView['status']): boolean {
  return status === 'unknown' || status === 'scope_unavailable' || status === 'failed';
}

/** What a status means and what to do next, where the approval's part of the card has not said it. */
export function CallOutcome({ target, call }: { target: MessageTarget; call: ToolCallView }) {
  switch (call.status) {
    case 'proposed':
      return <Quiet icon={<Clock3 />}>The agent proposes this call. It has not begun.</Quiet>;
    case 'ready':
      return <Quiet icon={<Clock3 />}>The permission is there: it runs in a moment.</Quiet>;
    case 'running':
      return <Quiet icon={<Clock3 />}>It runs now. Stopping the turn does not undo it.</Quiet>;
    case 'unknown':
      return (
        <Ending tone="bad" icon={<CircleHelp />} title="Nobody knows whether it ran" target={target}>
          The connection broke while this ran: it may or may not have taken effect. It is not repeated by itself. Look
          first, then retry if running it twice does no harm.
        </Ending>
      );
    case 'scope_unavailable':
      return (
        <Ending tone="wait" icon={<KeyRound />} title="The permission was not there" target={target}>
          When the call was about to run, it still lacked its permission. It did not run. Retry it, and if this comes
          again, tell whoever looks after the policy.
        </Ending>
      );
    case 'failed':
      return (
        <Ending tone="bad" icon={<CircleX />} title="The tool reported a failure" target={target}>
          It was called and answered with an error, shown above. Retry it when you know what to change.
        </Ending>
      );
    case 'superseded':
      return <Quiet icon={<Replace />}>You had the message tried again: the call below took this one’s place.</Quiet>;
    case 'parked':
    case 'succeeded':
    case 'denied':
    case 'expired':
    case 'cancelled':
      return null;
  }
}

function Quiet({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-sm text-muted [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0">
      <span aria-hidden>{icon}</span>
      <span>{children}</span>
    </p>
  );
}

function Ending(props: { tone: Tone; icon: ReactNode; title: string; target: MessageTarget; children: ReactNode }) {
  return (
    <div className="grid gap-2">
      <h2 className={`flex items-center gap-2 font-semibold [&_svg]:size-4 [&_svg]:shrink-0 ${toneTexts[props.tone]}`}>
        <span aria-hidden>{props.icon}</span>
        {props.title}
      </h2>
      <p className="text-sm text-muted">{props.children}</p>
      <RetryMessage target={props.target} />
    </div>
  );
}
