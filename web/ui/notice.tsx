import type { ReactNode } from 'react';
import { toneClasses, type Tone } from './tone.ts';

/** A sentence that matters here; `role` only where a screen reader should hear it at once. */
export function Notice(props: { tone: Tone; role?: 'alert' | 'status' | undefined; children: ReactNode }) {
  return (
    <div role={props.role} className={`rounded-lg px-3 py-2 text-sm wrap-anywhere ${toneClasses[props.tone]}`}>
      {props.children}
    </div>
  );
}
