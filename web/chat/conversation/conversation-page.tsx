import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { MessageCircleOff } from 'lucide-react';
import { ApiError } from '../../lib/api-error.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { chatPaths } from '../paths.ts';
import { historyQuery } from '../queries.ts';
import { Composer } from './composer.tsx';
import { EmptyConversation } from './empty-conversation.tsx';
import { Thread } from './thread.tsx';
import { useSendMessage } from './use-send-message.ts';

/** One conversation, or the beginning of a new one. */
export function ConversationPage({ sessionId }: { sessionId: string | undefined }) {
  const history = useQuery({ ...historyQuery(sessionId ?? ''), enabled: sessionId !== undefined });
  const messages = history.data?.messages ?? [];
  const sending = useSendMessage(sessionId, messages);
  useDocumentTitle(`${history.data?.title ?? 'New conversation'} · Countersign chat`);

  if (history.error instanceof ApiError && history.error.status === 404) return <NoSuchConversation />;
  const isEmpty = sessionId === undefined && sending.outgoing === undefined;
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{history.data?.title ?? 'New conversation'}</h1>
      {isEmpty ? (
        <EmptyConversation onChoose={sending.send} />
      ) : sessionId !== undefined && history.data === undefined ? (
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
          outgoing={sending.outgoing}
          sending={sending.sending}
          error={sending.error}
          onSendAgain={() => sending.outgoing !== undefined && sending.send(sending.outgoing.text)}
          onDiscard={sending.discard}
        />
      )}
      <Composer sending={sending.sending} onSend={sending.send} />
    </main>
  );
}

function NoSuchConversation() {
  return (
    <main className="flex-1">
      <EmptyState icon={<MessageCircleOff />} level={1} title="No such conversation">
        <p>It does not exist, or it belongs to somebody else.</p>
        <Link href={chatPaths.newConversation} className={`${buttonClass('plain')} mt-4`}>
          Start a new one
        </Link>
      </EmptyState>
    </main>
  );
}
