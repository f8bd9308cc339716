import type { ReactNode } from 'react';
import { toneTexts, type Tone } from '../ui/tone.ts';

/** How something ended: one word of it in colour, and what that means. */
export function OutcomeWords(props: { tone: Tone; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <h2 className={`flex items-center gap-2 font-semibold [&_svg]:size-5 [&_svg]:shrink-0 ${toneTexts[props.tone]}`}>
        <span aria-hidden>{props.icon}</span>
        {props.title}
      </h2>
      <div className="text-sm wrap-anywhere text-muted">{props.children}</div>
    </div>
  );
}
