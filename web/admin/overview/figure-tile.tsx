import type { ReactNode } from 'react';
import { toneTexts, type Tone } from '../../ui/tone.ts';

/** One figure that matters, with its name and what it means. */
export function FigureTile(props: { name: string; value: ReactNode; tone?: Tone; note?: ReactNode }) {
  return (
    <div className="grid content-start gap-0.5 rounded-xl border border-line bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{props.name}</dt>
      <dd className={`text-2xl font-semibold tracking-tight tabular-nums ${toneTexts[props.tone ?? 'neutral']}`}>
        {props.value}
      </dd>
      {props.note !== undefined && <dd className="text-xs text-muted">{props.note}</dd>}
    </div>
  );
}
