import type { ToolCallView } from '../../../api/contract/chat.ts';
import { Notice } from '../../ui/notice.tsx';
import type { MessageTarget } from './message-target.ts';
import { RetryMessage } from './retry-message.tsx';

/** Whether the call's own card says what to do about how it ended. */
export function explainsItself(status: ToolCallView['status']): boolean {
  return status === 'unknown' || status === 'scope_unavailable' || status === 'failed';
}

/** Ends of a call that leave something for the person to judge. */
export function CallOutcome({ target, status }: { target: MessageTarget; status: ToolCallView['status'] }) {
  switch (status) {
    case 'unknown':
      return (
        <Notice tone="bad">
          <p>
            Something broke while this ran, so its <strong>outcome is unknown</strong>: it may or may not have taken
            effect. It is not repeated by itself; look first, then try again if that does no harm.
          </p>
          <div className="mt-2">
            <RetryMessage target={target} />
          </div>
        </Notice>
      );
    case 'scope_unavailable':
      return (
        <Notice tone="wait">
          <p>The permission was gone again when the call was about to run. It did not run.</p>
          <div className="mt-2">
            <RetryMessage target={target} />
          </div>
        </Notice>
      );
    case 'failed':
      return (
        <div>
          <RetryMessage target={target} />
        </div>
      );
    case 'superseded':
      return <p className="text-sm text-muted">Another call took this one’s place. It did not run.</p>;
    default:
      return null;
  }
}
