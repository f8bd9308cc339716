import { CircleStop } from 'lucide-react';
import type { ChatMessageView } from '../../../api/contract/chat.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { RetryMessage } from '../approval/retry-message.tsx';

/** What the person wrote, as written; with what to do when its turn never came. */
export function PersonMessage(props: { sessionId: string } & ({ message: ChatMessageView } | { text: string })) {
  const message = 'message' in props ? props.message : undefined;
  const text = 'message' in props ? props.message.content : props.text;
  return (
    <div className="group grid justify-items-end gap-1">
      <div className="max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 wrap-anywhere whitespace-pre-wrap text-ink">
        <span className="sr-only">You: </span>
        <VisibleText text={text} />
      </div>
      {message !== undefined && (
        <CopyButton
          text={text}
          label="Copy your message"
          className="-my-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
        />
      )}
      {message?.status === 'stopped' && (
        <div className="grid justify-items-end gap-2">
          <p className="flex items-center gap-1.5 text-sm text-muted">
            <CircleStop aria-hidden className="size-4 shrink-0" /> You stopped this before its turn came.
          </p>
          <RetryMessage target={{ sessionId: props.sessionId, messageId: message.message_id }} />
        </div>
      )}
      {message?.status === 'failed' && (
        <div className="grid justify-items-end gap-2">
          <p className="text-sm text-bad">The agent could not be reached, so this was not taken up.</p>
          <RetryMessage target={{ sessionId: props.sessionId, messageId: message.message_id }} />
        </div>
      )}
    </div>
  );
}
