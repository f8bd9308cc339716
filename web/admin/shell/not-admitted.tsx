import { ShieldX } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useSignOut } from './use-sign-out.ts';

/** Signed in as somebody whom the dashboard does not open for. */
export function NotAdmitted({ email }: { email: string }) {
  const signOut = useSignOut();
  return (
    <main>
      <EmptyState icon={<ShieldX />} level={1} title="The dashboard is not open to you">
        <p>
          You are signed in as {email}. The dashboard is for admins, auditors and people whom the policy names as
          approvers of something.
        </p>
        <Button className="mt-4" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign in as somebody else
        </Button>
      </EmptyState>
    </main>
  );
}
