import { Compass } from 'lucide-react';
import { Link } from 'wouter';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { adminPaths } from '../paths.ts';

/** An address that leads nowhere. */
export function NoSuchPage() {
  return (
    <EmptyState icon={<Compass />} level={1} title="There is no such page">
      <Link href={adminPaths.queue} className={`${buttonClass('plain')} mt-3`}>
        Go to the queue
      </Link>
    </EmptyState>
  );
}
