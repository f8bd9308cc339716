import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import type { UserStatus } from '../../../api/contract/user-status.ts';
import { useConnection } from '../../lib/connection-store.ts';
import { useLiveUpdates } from '../../lib/use-live-updates.ts';
import { AccountMenu } from '../../ui/account-menu.tsx';
import { Brand } from '../../ui/brand.tsx';
import { ConnectionBanner } from '../../ui/connection-banner.tsx';
import { FreezeBanner } from '../../ui/freeze-banner.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Toasts } from '../../ui/toasts.tsx';
import { DecisionsPage } from '../decisions/decisions-page.tsx';
import { FreezeControl } from '../freeze/freeze-control.tsx';
import { GlobalKeys } from '../keys/global-keys.tsx';
import { affectedByEvent } from '../queries.ts';
import { QueuePage } from '../queue/queue-page.tsx';
import { RequestPage } from '../request/request-page.tsx';
import { ForAuditors } from './for-auditors.tsx';
import { MainNav } from './main-nav.tsx';
import { NoSuchPage } from './no-such-page.tsx';
import { readsEverything } from './pages.ts';
import { PolicyProblem } from './policy-problem.tsx';
import { useSignOut } from './use-sign-out.ts';

// Loaded when somebody goes there: the queue is what people open the dashboard for.
const AuditPage = lazy(async () => ({ default: (await import('../audit/audit-page.tsx')).AuditPage }));
const GrantPage = lazy(async () => ({ default: (await import('../grants/grant-page.tsx')).GrantPage }));
const GrantsPage = lazy(async () => ({ default: (await import('../grants/grants-page.tsx')).GrantsPage }));
const OverviewPage = lazy(async () => ({ default: (await import('../overview/overview-page.tsx')).OverviewPage }));
const PolicyPage = lazy(async () => ({ default: (await import('../policy/policy-page.tsx')).PolicyPage }));
const ToolsPage = lazy(async () => ({ default: (await import('../tools/tools-page.tsx')).ToolsPage }));
const PeoplePage = lazy(async () => ({ default: (await import('../people/people-page.tsx')).PeoplePage }));
const PersonPage = lazy(async () => ({ default: (await import('../people/person-page.tsx')).PersonPage }));
const ClientsPage = lazy(async () => ({ default: (await import('../clients/clients-page.tsx')).ClientsPage }));
const ClientPage = lazy(async () => ({ default: (await import('../clients/client-page.tsx')).ClientPage }));

/** The frame of every page: where one is, who one is, whether what is shown is fresh. */
export function AdminShell({ user }: { user: UserStatus }) {
  useLiveUpdates(affectedByEvent);
  const connection = useConnection();
  const signOut = useSignOut();
  const admin = user.roles.includes('admin');
  return (
    <div className="min-h-dvh">
      <header className="sticky top-0 z-10 border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-6xl items-center justify-between gap-3 px-4">
          <Brand />
          <div className="flex items-center gap-1">
            <GlobalKeys />
            {admin && user.freeze === null && <FreezeControl frozen={false} />}
            <AccountMenu email={user.email} name={user.name} roles={user.roles} onSignOut={() => signOut.mutate()} />
          </div>
        </div>
        <MainNav />
        <FreezeBanner freeze={user.freeze}>{admin && <FreezeControl frozen />}</FreezeBanner>
        <ConnectionBanner state={connection} />
      </header>
      <main className="mx-auto grid max-w-6xl gap-5 px-4 py-6">
        {user.policy_problem !== null && <PolicyProblem problem={user.policy_problem} />}
        {!user.approver && readsEverything(user) && (
          <Notice tone="neutral">You see everything and decide nothing: no scope names you as its approver.</Notice>
        )}
        <Suspense fallback={<Loading label="Loading the page" />}>
          <Switch>
            <Route path="/" component={QueuePage} />
            <Route path="/requests/:requestId">
              {({ requestId }) => <RequestPage key={requestId} requestId={decodeURIComponent(requestId)} />}
            </Route>
            <Route path="/grants" component={GrantsPage} />
            <Route path="/decisions" component={DecisionsPage} />
            <Route path="/people" component={PeoplePage} />
            <Route path="/people/:subject">
              {({ subject }) => <PersonPage key={subject} subject={decodeURIComponent(subject)} viewer={user.email} />}
            </Route>
            <Route path="/clients" component={ClientsPage} />
            <Route path="/clients/:clientId">
              {({ clientId }) => <ClientPage key={clientId} clientId={decodeURIComponent(clientId)} />}
            </Route>
            <Route path="/grants/:grantId">
              {({ grantId }) => <GrantPage key={grantId} grantId={decodeURIComponent(grantId)} user={user} />}
            </Route>
            <Route path="/tools">
              <ToolsPage user={user} />
            </Route>
            <Route path="/audit">{readsEverything(user) ? <AuditPage /> : <ForAuditors what="The audit log" />}</Route>
            <Route path="/policy" component={PolicyPage} />
            <Route path="/overview" component={OverviewPage} />
            <Route component={NoSuchPage} />
          </Switch>
        </Suspense>
      </main>
      <Toasts />
    </div>
  );
}
