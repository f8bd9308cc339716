import { VisibleText } from '../../ui/visible-text.tsx';
import { useQuery } from '@tanstack/react-query';
import { Hourglass, KeyRound, SquarePen } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { Age } from '../../ui/age.tsx';
import { Brand } from '../../ui/brand.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { chatPaths } from '../paths.ts';
import { sessionsQuery } from '../queries.ts';

/** One's own conversations, newest first, those that wait for somebody marked. */
export function ConversationList({ onChosen }: { onChosen: () => void }) {
  const sessions = useQuery(sessionsQuery);
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
      <ul className="min-h-0 flex-1 space-y-0.5 overflow-y-auto px-2 pb-4">
        {sessions.data?.sessions.map((session) => {
          const path = chatPaths.conversation(session.session_id);
          return (
            <li key={session.session_id}>
              <Link
                href={path}
                onClick={onChosen}
                aria-current={location === path ? 'page' : undefined}
                className="quiet-motion block rounded-lg px-3 py-2 text-sm hover:bg-sunken aria-[current=page]:bg-accent-soft"
              >
                <span className="line-clamp-2 wrap-anywhere">
                  <VisibleText text={session.title} />
                </span>
                <span className="mt-0.5 flex items-center gap-2 text-xs text-muted">
                  <Age since={session.updated_at} />
                  {session.waiting && (
                    <span className="inline-flex items-center gap-1 font-medium text-wait">
                      <Hourglass aria-hidden className="size-3" /> waiting
                    </span>
                  )}
                </span>
              </Link>
            </li>
          );
        })}
        {sessions.data?.sessions.length === 0 && <li className="px-3 py-2 text-sm text-muted">No conversations yet</li>}
        {sessions.isError && sessions.data === undefined && (
          <li className="px-3 py-2 text-sm text-bad">The list could not be loaded.</li>
        )}
      </ul>
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
