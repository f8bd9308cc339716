import { X } from 'lucide-react';
import { Button } from './button.tsx';
import { dismissToast, useToasts } from './toast-store.ts';
import { toneEdges } from './tone.ts';

/** What has just happened, at the lower edge. The region is always there, so that its news are announced. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div role="status" className="pointer-events-none fixed inset-x-3 bottom-3 z-30 grid justify-items-center gap-2">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className={`pointer-events-auto flex max-w-lg items-center gap-2 rounded-xl border border-l-4 border-line bg-surface py-1.5 pr-1.5 pl-4 text-sm shadow-xl ${toneEdges[toast.tone]}`}
        >
          <span className="wrap-anywhere">{toast.text}</span>
          <Button look="quiet" aria-label="Dismiss" onClick={() => dismissToast(toast.id)}>
            <X aria-hidden />
          </Button>
        </div>
      ))}
    </div>
  );
}
