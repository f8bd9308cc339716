import { useQuery } from '@tanstack/react-query';
import { KeyRound, SquarePen } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { Brand } from '../../ui/brand.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { chatPaths } from '../paths.ts';
import { sessionsQuery } from '../queries.ts';
import { ConversationRow } from './conversation-row.tsx';

/** One's own conversations, newest first, those that wait for somebody marked. */
export function ConversationList({ onChosen }: { onChosen: () => void }) {
  const { data, isError, refetch } = useQuery(sessionsQuery);
  const [location] = useLocation();
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-14 items-center px-4">
        <Brand />
      </div>
      <div className="px-3 pb-2">
        <Link href={chatPaths.newConversation} onClick={onChosen} className={`${buttonClass('plain')} w-full`}>
          <SquarePen aria-hidden /> New conversation
        </Link>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {data === undefined ? (
          <div className="px-1 py-2">
            {isError ? (
              <div role="alert" className="grid gap-2 text-sm text-bad">
                The list could not be loaded.
                <Button onClick={() => void refetch()}>Try again</Button>
              </div>
            ) : (
              <Loading label="Loading the conversations" />
            )}
          </div>
        ) : data.sessions.length === 0 ? (
          <p className="px-3 py-2 text-sm text-muted">No conversations yet. What you write first begins one.</p>
        ) : (
          <ul className="space-y-0.5">
            {data.sessions.map((session) => (
              <ConversationRow key={session.session_id} session={session} onChosen={onChosen} />
            ))}
          </ul>
        )}
      </div>
      <Link
        href={chatPaths.access}
        onClick={onChosen}
        aria-current={location === chatPaths.access ? 'page' : undefined}
        className="quiet-motion flex min-h-11 items-center gap-2 border-t border-line px-5 text-sm text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
      >
        <KeyRound aria-hidden className="size-4" /> Your access
      </Link>
    </div>
  );
}
