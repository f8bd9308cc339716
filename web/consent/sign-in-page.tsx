import { useQuery } from '@tanstack/react-query';
import type { SignInOptions } from '../../api/contract/user-status.ts';
import { getJson } from '../lib/api-client.ts';
import { localPathOr } from '../lib/local-path.ts';
import { Brand } from '../ui/brand.tsx';
import { LoadFailure } from '../ui/load-failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Notice } from '../ui/notice.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Where people sign in to the auth server, for the dashboard and for every app that sends them here. */
export function SignInPage() {
  const options = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => getJson<SignInOptions>('/auth/sign-in-options', signal),
    refetchInterval: false,
  });
  const returnTo = localPathOr(new URLSearchParams(location.search).get('return_to'), '/');
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-4 py-10">
      <Brand />
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Sign in</h1>
        <p className="mt-1 text-sm text-muted">
          {returnTo.startsWith('/dashboard')
            ? 'The dashboard is where requests for permissions are read and decided.'
            : returnTo.startsWith('/consent/')
              ? 'Show that it is you: what you are asked to allow is decided shortly after signing in.'
              : returnTo.startsWith('/waiting/')
                ? 'Sign in as before to see how what an app asked for in your name stands.'
                : 'This is the Countersign auth server. After signing in you return to the app that sent you here.'}
        </p>
      </div>
      {options.isPending ? (
        <Loading label="Loading the ways to sign in" rows={2} />
      ) : options.isError ? (
        <LoadFailure error={options.error} onRetry={() => void options.refetch()} />
      ) : options.data.demo_mode ? (
        <SignInForm accounts={options.data.accounts} returnTo={returnTo} />
      ) : (
        <Notice tone="wait">
          Demo mode is off, so there are no demo accounts here, and no other way to sign in is set up yet. Ask whoever
          runs this server.
        </Notice>
      )}
    </main>
  );
}
