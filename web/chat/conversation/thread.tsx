import { ArrowDown } from 'lucide-react';
import type { ChatMessageView } from '../../../api/contract/chat.ts';
import { Button } from '../../ui/button.tsx';
import { AssistantMessage } from './assistant-message.tsx';
import type { OutgoingMessage } from './outbox.ts';
import { PersonMessage } from './person-message.tsx';
import { UnsentMessage } from './unsent-message.tsx';
import { useStickyBottom } from './use-sticky-bottom.ts';
import { Working } from './working.tsx';

/** The messages of a conversation, oldest first; it follows the newest unless the person reads further up. */
export function Thread(props: {
  sessionId: string | undefined;
  messages: readonly ChatMessageView[];
  outgoing: OutgoingMessage | undefined;
  sending: boolean;
  error: unknown;
  onSendAgain: () => void;
  onDiscard: () => void;
}) {
  const { box, content, atBottom, toBottom } = useStickyBottom();
  const last = props.messages.at(-1);
  const working = props.sending && last?.role !== 'assistant';
  return (
    <div className="relative min-h-0 flex-1">
      {/* Scrollable regions take focus so that the keyboard can scroll them. */}
      <div ref={box} tabIndex={0} role="region" aria-label="Messages" className="h-full overflow-y-auto">
        <div
          ref={content}
          role="log"
          aria-label="Conversation"
          aria-relevant="additions"
          className="mx-auto grid w-full max-w-3xl gap-6 px-3 py-5 sm:px-4"
        >
          {props.messages.map((message) =>
            message.role === 'user' ? (
              <PersonMessage key={message.message_id} text={message.content} />
            ) : (
              <AssistantMessage key={message.message_id} sessionId={props.sessionId ?? ''} message={message} />
            ),
          )}
          {props.outgoing !== undefined && (props.sending || props.error !== null) && (
            <PersonMessage text={props.outgoing.text} />
          )}
          {working && <Working />}
          {props.error !== null && !props.sending && (
            <UnsentMessage
              error={props.error}
              arrived={props.outgoing === undefined}
              onSendAgain={props.onSendAgain}
              onDiscard={props.onDiscard}
            />
          )}
        </div>
      </div>
      {!atBottom && (
        <Button className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-lg" onClick={toBottom}>
          <ArrowDown aria-hidden /> Latest
        </Button>
      )}
    </div>
  );
}
