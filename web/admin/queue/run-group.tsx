import type { ReactNode } from 'react';
import { Bot } from 'lucide-react';

/** Requests that one turn of an agent led to, marked as belonging together. */
export function RunGroup(props: {
  email: string;
  count: number;
  onTickAll?: (() => void) | undefined;
  children: ReactNode;
}) {
  const words = `${props.count} requests of one turn of ${props.email}’s agent`;
  return (
    <li className="grid min-w-0 gap-2 rounded-2xl border border-dashed border-line-strong p-2">
      <p className="flex flex-wrap items-center gap-2 px-2 text-sm text-muted">
        <Bot aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0 wrap-anywhere">{words}</span>
        {props.onTickAll !== undefined && (
          <button
            type="button"
            onClick={props.onTickAll}
            className="ml-auto min-h-9 rounded px-1.5 text-accent hover:underline pointer-coarse:min-h-11"
          >
            Tick all {props.count}
          </button>
        )}
      </p>
      <ul aria-label={words} className="grid min-w-0 gap-2">
        {props.children}
      </ul>
    </li>
  );
}
