import type { ReactNode } from 'react';
import { toneClasses, type Tone } from './tone.ts';

/** A short label; its words carry the meaning, the colour only repeats it. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5 ${toneClasses[tone]}`}
    >
      {children}
    </span>
  );
}
