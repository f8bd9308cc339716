import { Brand } from '../../ui/brand.tsx';
import { buttonClass } from '../../ui/button.tsx';

/** Nobody is signed in any more. */
export function SessionEnded() {
  const returnTo = encodeURIComponent(location.pathname);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 px-5 py-10">
      <Brand suffix="dashboard" />
      <h1 className="text-2xl font-semibold tracking-tight">You are signed out</h1>
      <p className="text-muted">Your session has ended. Sign in again to go on where you were.</p>
      <a href={`/sign-in?return_to=${returnTo}`} className={buttonClass('primary')}>
        Sign in
      </a>
    </main>
  );
}
