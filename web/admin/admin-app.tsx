import { useQuery } from '@tanstack/react-query';
import { isNotSignedIn } from '../lib/api-error.ts';
import { userStatusQuery } from '../lib/user-status-query.ts';
import { LoadFailure } from '../ui/load-failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { AdminShell } from './shell/admin-shell.tsx';
import { NotAdmitted } from './shell/not-admitted.tsx';
import { SessionEnded } from './shell/session-ended.tsx';

/** The dashboard, for those whom it opens for (RULES 1); the server refuses the others again. */
export function AdminApp() {
  const user = useQuery(userStatusQuery);
  // First, because what an ended session has fetched stays in the cache.
  if (isNotSignedIn(user.error)) return <SessionEnded />;
  if (user.data !== undefined) {
    return user.data.dashboard ? <AdminShell user={user.data} /> : <NotAdmitted email={user.data.email} />;
  }
  return (
    <main className="mx-auto max-w-3xl p-6">
      {user.isError ? (
        <LoadFailure error={user.error} onRetry={() => void user.refetch()} />
      ) : (
        <Loading label="Loading the dashboard" />
      )}
    </main>
  );
}
