import type { ChatMessageView } from '../../../api/contract/chat.ts';
import { Notice } from '../../ui/notice.tsx';
import { explainsItself } from '../approval/call-outcome.tsx';
import { RetryMessage } from '../approval/retry-message.tsx';
import { ReplyText } from './reply-text.tsx';
import { ToolCallCard } from './tool-call-card.tsx';
import { Working } from './working.tsx';

/** A turn of the agent: the calls it proposed, how each stands, and its words. */
export function AssistantMessage({ sessionId, message }: { sessionId: string; message: ChatMessageView }) {
  const calls = message.tool_calls ?? [];
  const words = message.content !== '' && <ReplyText text={message.content} />;
  const atWork = message.status === 'queued' || message.status === 'running';
  const waits = message.status === 'awaiting_authorization';
  return (
    <article className="grid min-w-0 gap-3">
      <span className="sr-only">Agent:</span>
      {/* While a call waits the words introduce it; afterwards they report on it. */}
      {waits && words}
      {calls.map((call) => (
        <ToolCallCard
          key={call.call_id}
          target={{ sessionId, messageId: message.message_id }}
          call={call}
          quotedInReply={message.content.includes('```')}
        />
      ))}
      {!waits && words}
      {atWork && <Working />}
      {message.status === 'failed' && !calls.some((call) => explainsItself(call.status)) && (
        <Notice tone="bad">
          <p>This turn did not finish.</p>
          <div className="mt-2">
            <RetryMessage target={{ sessionId, messageId: message.message_id }} />
          </div>
        </Notice>
      )}
    </article>
  );
}
