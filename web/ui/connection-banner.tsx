import { WifiOff } from 'lucide-react';
import type { ConnectionState } from '../lib/connection-state.ts';

/** Says when what is shown may be old; nothing while all is well. */
export function ConnectionBanner({ state }: { state: ConnectionState }) {
  return (
    <div role="status">
      {state === 'lost' && (
        <p className="flex items-center justify-center gap-2 bg-wait-soft px-3 py-1.5 text-center text-sm text-wait">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          Connection lost, trying again… What you see may be out of date.
        </p>
      )}
    </div>
  );
}
