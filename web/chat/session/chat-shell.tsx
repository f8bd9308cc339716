import { lazy, Suspense, useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Route, Switch, useLocation } from 'wouter';
import type { UserStatus } from '../../../api/contract/user-status.ts';
import { postForRedirect } from '../../lib/api-client.ts';
import { useConnection } from '../../lib/connection-store.ts';
import { userStatusKey } from '../../lib/query-client.ts';
import { useLiveUpdates } from '../../lib/use-live-updates.ts';
import { Loading } from '../../ui/loading.tsx';
import { ConnectionBanner } from '../../ui/connection-banner.tsx';
import { FreezeBanner } from '../../ui/freeze-banner.tsx';
import { Toasts } from '../../ui/toasts.tsx';
import { forgetDrafts } from '../conversation/drafts.ts';
import { ConversationPage } from '../conversation/conversation-page.tsx';
import { useDecisionNotices } from '../notices/use-decision-notices.ts';
import { chatPaths } from '../paths.ts';
import { affectedByEvent } from '../queries.ts';
import { ChatHeader } from './chat-header.tsx';
import { ConversationList } from './conversation-list.tsx';
import { Drawer } from './drawer.tsx';

const AccessPage = lazy(async () => ({ default: (await import('../access/access-page.tsx')).AccessPage }));

/** The frame around a conversation: the list beside it (a drawer on phones), the header above it. */
export function ChatShell({ user }: { user: UserStatus }) {
  useLiveUpdates(affectedByEvent);
  const queries = useQueryClient();
  const [drawerOpen, setDrawerOpen] = useState(false);
  const connection = useConnection();
  const [, navigate] = useLocation();
  useDecisionNotices(navigate);
  const signOut = useMutation({
    mutationFn: () => postForRedirect('/auth/sign-out'),
    onSettled: () => {
      forgetDrafts();
      return queries.resetQueries({ queryKey: userStatusKey });
    },
  });
  return (
    <div className="grid h-dvh grid-rows-[minmax(0,1fr)] md:grid-cols-[17rem_minmax(0,1fr)]">
      <nav aria-label="Conversations" className="hidden min-h-0 border-r border-line bg-surface md:block">
        <ConversationList onChosen={() => undefined} />
      </nav>
      <div className="flex min-h-0 flex-col">
        <ChatHeader user={user} onOpenList={() => setDrawerOpen(true)} onSignOut={() => signOut.mutate()} />
        <ConnectionBanner state={connection} />
        <FreezeBanner freeze={user.freeze} />
        <Switch>
          <Route path="/c/:sessionId">
            {({ sessionId }) => <ConversationPage key={sessionId} sessionId={decodeURIComponent(sessionId)} />}
          </Route>
          <Route path={chatPaths.access}>
            <Suspense fallback={<Loading label="Loading your access" />}>
              <AccessPage />
            </Suspense>
          </Route>
          <Route>
            <ConversationPage key="new" sessionId={undefined} />
          </Route>
        </Switch>
      </div>
      {drawerOpen && (
        <Drawer label="Conversations" onClose={() => setDrawerOpen(false)}>
          <ConversationList onChosen={() => setDrawerOpen(false)} />
        </Drawer>
      )}
      <Toasts />
    </div>
  );
}
