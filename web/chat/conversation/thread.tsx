import { ArrowDown } from 'lucide-react';
import type { ChatMessageView } from '../../../api/contract/chat.ts';
import { Button } from '../../ui/button.tsx';
import { AssistantMessage } from './assistant-message.tsx';
import { hasArrived, isUnderWay } from './outbox.ts';
import { PersonMessage } from './person-message.tsx';
import { ReplyText } from './reply-text.tsx';
import type { LiveTurn } from './turn-store.ts';
import { UnsentMessage } from './unsent-message.tsx';
import { useStickyBottom } from './use-sticky-bottom.ts';
import { Working } from './working.tsx';

/** The messages of a conversation, oldest first; it follows the newest unless the person reads further up. */
export function Thread(props: {
  sessionId: string | undefined;
  messages: readonly ChatMessageView[];
  turn: LiveTurn | undefined;
  onSendAgain: () => void;
  onDiscard: () => void;
}) {
  const { messages, turn } = props;
  const { box, content, atBottom, toBottom } = useStickyBottom();
  const arrived = turn === undefined || hasArrived(turn, messages);
  const underWay = turn?.state === 'under_way';
  const failed = turn?.state === 'failed' && (!arrived || isUnderWay(messages)) ? turn : undefined;
  // The stream may be ahead of the history.
  const replyIsThere = messages.some(({ message_id }) => message_id === turn?.replyId);
  return (
    <div className="relative min-h-0 flex-1">
      {/* Scrollable regions take focus so that the keyboard can scroll them. */}
      <div ref={box} tabIndex={0} role="region" aria-label="Messages" className="h-full overflow-y-auto">
        <div
          ref={content}
          role="log"
          aria-label="Conversation"
          aria-relevant="additions"
          className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-6 px-3 py-5 sm:px-4"
        >
          {messages.map((message) =>
            message.role === 'user' ? (
              <PersonMessage key={message.message_id} sessionId={props.sessionId ?? ''} message={message} />
            ) : (
              <AssistantMessage
                key={message.message_id}
                sessionId={props.sessionId ?? ''}
                message={message}
                liveText={message.message_id === turn?.replyId ? turn.text : ''}
              />
            ),
          )}
          {!arrived && turn?.asked !== undefined && <PersonMessage sessionId="" text={turn.asked} />}
          {underWay && !replyIsThere && (
            <div className="grid gap-3">
              {turn.text !== '' && <ReplyText text={turn.text} />}
              {(arrived ? messages.at(-1)?.role !== 'assistant' : true) && <Working />}
            </div>
          )}
          {failed !== undefined && (
            <UnsentMessage
              error={failed.error}
              arrived={arrived}
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
