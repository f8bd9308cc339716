import { Route, Switch } from 'wouter';
import type { UserStatus } from '../../../api/contract/user-status.ts';
import { useConnection } from '../../lib/connection-store.ts';
import { useLiveUpdates } from '../../lib/use-live-updates.ts';
import { AccountMenu } from '../../ui/account-menu.tsx';
import { Brand } from '../../ui/brand.tsx';
import { ConnectionBanner } from '../../ui/connection-banner.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Toasts } from '../../ui/toasts.tsx';
import { DecisionsPage } from '../decisions/decisions-page.tsx';
import { GrantsPage } from '../grants/grants-page.tsx';
import { GlobalKeys } from '../keys/global-keys.tsx';
import { affectedByEvent } from '../queries.ts';
import { QueuePage } from '../queue/queue-page.tsx';
import { RequestPage } from '../request/request-page.tsx';
import { MainNav } from './main-nav.tsx';
import { NoSuchPage } from './no-such-page.tsx';
import { PolicyProblem } from './policy-problem.tsx';
import { useSignOut } from './use-sign-out.ts';

/** The frame of every page: where one is, who one is, whether what is shown is fresh. */
export function AdminShell({ user }: { user: UserStatus }) {
  useLiveUpdates(affectedByEvent);
  const connection = useConnection();
  const signOut = useSignOut();
  return (
    <div className="min-h-dvh">
      <header className="sticky top-0 z-10 border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-6xl items-center justify-between gap-3 px-4">
          <Brand />
          <div className="flex items-center gap-1">
            <GlobalKeys />
            <AccountMenu email={user.email} name={user.name} roles={user.roles} onSignOut={() => signOut.mutate()} />
          </div>
        </div>
        <MainNav />
        <ConnectionBanner state={connection} />
      </header>
      <main className="mx-auto grid max-w-6xl gap-5 px-4 py-6">
        {user.policy_problem !== null && <PolicyProblem problem={user.policy_problem} />}
        {!user.approver && (
          <Notice tone="neutral">You see everything and decide nothing: no scope names you as its approver.</Notice>
        )}
        <Switch>
          <Route path="/" component={QueuePage} />
          <Route path="/requests/:requestId">
            {({ requestId }) => <RequestPage key={requestId} requestId={decodeURIComponent(requestId)} />}
          </Route>
          <Route path="/grants" component={GrantsPage} />
          <Route path="/decisions" component={DecisionsPage} />
          <Route component={NoSuchPage} />
        </Switch>
      </main>
      <Toasts />
    </div>
  );
}
