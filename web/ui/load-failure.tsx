import { RotateCw, TriangleAlert } from 'lucide-react';
import { errorText } from '../lib/api-error.ts';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

/** A page or list that could not be fetched. */
export function LoadFailure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div role="alert">
      <EmptyState icon={<TriangleAlert />} title="This could not be loaded">
        <p>{errorText(error)}</p>
        <Button className="mt-4" onClick={onRetry}>
          <RotateCw aria-hidden /> Try again
        </Button>
      </EmptyState>
    </div>
  );
}
