import { useQuery } from '@tanstack/react-query';
import { isNotSignedIn } from '../lib/api-error.ts';
import { userStatusQuery } from '../lib/user-status-query.ts';
import { LoadFailure } from '../ui/load-failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { ChatShell } from './session/chat-shell.tsx';
import { SignInScreen } from './session/sign-in-screen.tsx';

/** The chat: the sign-in screen for nobody, the conversations for everybody else. */
export function ChatApp() {
  const user = useQuery(userStatusQuery);
  // First, because what an ended session has fetched stays in the cache.
  if (isNotSignedIn(user.error)) return <SignInScreen hadSession={user.data !== undefined} />;
  if (user.data !== undefined) return <ChatShell user={user.data} />;
  return (
    <main className="mx-auto max-w-2xl p-6">
      {user.isError ? (
        <LoadFailure error={user.error} onRetry={() => void user.refetch()} />
      ) : (
        <Loading label="Loading the chat" />
      )}
    </main>
  );
}
