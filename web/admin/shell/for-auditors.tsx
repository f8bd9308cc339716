import { ShieldX } from 'lucide-react';
import { EmptyState } from '../../ui/empty-state.tsx';

/** A page that is not for approvers who are neither auditor nor admin. */
export function ForAuditors({ what }: { what: string }) {
  return (
    <EmptyState icon={<ShieldX />} level={1} title={`${what} is for auditors and admins`}>
      You decide about some scopes. What happened to others, and to whom, is not yours to see.
    </EmptyState>
  );
}
