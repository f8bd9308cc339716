import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Brand } from '../../ui/brand.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** What somebody sees who is not signed in: what this is, and the one way in. */
export function SignInScreen({ hadSession }: { hadSession: boolean }) {
  useDocumentTitle('Sign in · Countersign chat');
  const returnTo = encodeURIComponent(location.pathname + location.search);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-6 px-5 py-10">
      <Brand suffix="chat" />
      <div className="grid gap-2">
        <h1 className="text-2xl font-semibold tracking-tight text-balance">An agent that asks before it acts</h1>
        <p className="text-muted">
          It starts with no permissions at all. When it needs one, the policy grants it at once or a person decides, and
          then it carries on by itself.
        </p>
      </div>
      {hadSession && (
        <Notice tone="wait" role="alert">
          Your session has ended. Work that waits for an approval keeps waiting; sign in again to see it.
        </Notice>
      )}
      {/* An ordinary link: signing in is a redirect to the auth server and back. */}
      <a href={`/auth/sign-in?return_to=${returnTo}`} className={buttonClass('primary')}>
        Sign in
      </a>
    </main>
  );
}
