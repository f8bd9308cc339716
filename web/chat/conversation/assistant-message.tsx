import { CircleStop } from 'lucide-react';
import type { ChatMessageView } from '../../../api/contract/chat.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { explainsItself } from '../approval/call-outcome.tsx';
import { RetryMessage } from '../approval/retry-message.tsx';
import { ReplyText } from './reply-text.tsx';
import { ToolCallCard } from './tool-call-card.tsx';
import { Working } from './working.tsx';

/** A turn of the agent: the calls it proposed, how each stands, and its words. */
export function AssistantMessage(props: {
  sessionId: string;
  message: ChatMessageView;
  /** What the stream of this turn has told so far. */
  liveText: string;
}) {
  const { message } = props;
  const target = { sessionId: props.sessionId, messageId: message.message_id };
  const calls = message.tool_calls ?? [];
  const atWork = message.status === 'queued' || message.status === 'running';
  const waits = message.status === 'awaiting_authorization';
  // The stream tells each word, the history a few times a second.
  const text = atWork && props.liveText.length > message.content.length ? props.liveText : message.content;
  const words = text !== '' && <ReplyText text={text} />;
  return (
    <article className="group grid min-w-0 gap-3" aria-busy={atWork}>
      <span className="sr-only">Agent:</span>
      {/* While a call waits the words introduce it; afterwards they report on it. */}
      {waits && words}
      {calls.map((call) => (
        <ToolCallCard key={call.call_id} target={target} call={call} quotedInReply={message.content.includes('```')} />
      ))}
      {!waits && words}
      {atWork && <Working />}
      {message.status === 'stopped' && <StoppedTurn target={target} calls={calls} />}
      {message.status === 'failed' && !calls.some((call) => explainsItself(call.status)) && (
        <Notice tone="bad">
          <p>This turn did not finish.</p>
          <div className="mt-2">
            <RetryMessage target={target} />
          </div>
        </Notice>
      )}
      {message.status === 'completed' && message.content !== '' && (
        <div className="-mt-2">
          <CopyButton
            text={message.content}
            label="Copy the agent’s message"
            className="-ml-3 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
          />
        </div>
      )}
    </article>
  );
}

function StoppedTurn(props: {
  target: { sessionId: string; messageId: string };
  calls: readonly NonNullable<ChatMessageView['tool_calls']>[number][];
}) {
  const runs = props.calls.some(({ status }) => status === 'running');
  return (
    <Notice tone="gone">
      <p className="flex items-start gap-2">
        <CircleStop aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          You stopped this turn.{' '}
          {runs && 'The call that was running already is not undone: what comes of it appears on its card.'}
        </span>
      </p>
      {!runs && (
        <div className="mt-2">
          <RetryMessage target={props.target} />
        </div>
      )}
    </Notice>
  );
}
