import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { MessageCircleOff } from 'lucide-react';
import { ApiError } from '../../lib/api-error.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../notices/use-page-title.ts';
import { chatPaths } from '../paths.ts';
import { historyQuery } from '../queries.ts';
import { useIsBeingDeleted } from '../session/conversation-commands.ts';
import { Composer } from './composer.tsx';
import { EmptyConversation } from './empty-conversation.tsx';
import { isUnderWay } from './outbox.ts';
import { Thread } from './thread.tsx';
import { newConversation } from './turn-store.ts';
import { useSendMessage } from './use-send-message.ts';
import { useStop } from './use-stop.ts';

/** One conversation, or the beginning of a new one. */
export function ConversationPage({ sessionId }: { sessionId: string | undefined }) {
  const leaving = useIsBeingDeleted(sessionId);
  const history = useQuery({ ...historyQuery(sessionId ?? ''), enabled: sessionId !== undefined && !leaving });
  const messages = history.data?.messages ?? [];
  const { send, turn, discard } = useSendMessage(sessionId, messages);
  const stop = useStop(sessionId ?? turn?.sessionId);
  const title = history.data?.title ?? 'New conversation';
  usePageTitle(`${title} · Countersign chat`);

  if (history.error instanceof ApiError && history.error.status === 404) return <NoSuchConversation />;
  const sending = turn?.state === 'under_way';
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{title}</h1>
      {sessionId === undefined && turn === undefined ? (
        <EmptyConversation onChoose={send} />
      ) : sessionId !== undefined && history.data === undefined && turn === undefined ? (
        <div className="mx-auto w-full max-w-3xl flex-1 p-4">
          {history.isError ? (
            <LoadFailure error={history.error} onRetry={() => void history.refetch()} />
          ) : (
            <Loading label="Loading the conversation" />
          )}
        </div>
      ) : (
        <Thread
          sessionId={sessionId}
          messages={messages}
          turn={turn}
          onSendAgain={() => turn?.asked !== undefined && send(turn.asked)}
          onDiscard={discard}
        />
      )}
      <Composer
        key={sessionId ?? newConversation}
        draftOf={sessionId ?? newConversation}
        underWay={sending || isUnderWay(messages)}
        stop={stop}
        onSend={send}
      />
    </main>
  );
}

function NoSuchConversation() {
  usePageTitle('No such conversation · Countersign chat');
  return (
    <main className="flex-1">
      <EmptyState icon={<MessageCircleOff />} level={1} title="No such conversation">
        <p>It does not exist, was deleted, or belongs to somebody else.</p>
        <Link href={chatPaths.newConversation} className={`${buttonClass('plain')} mt-4`}>
          Start a new one
        </Link>
      </EmptyState>
    </main>
  );
}
