/** What a colour means, everywhere the same. */
export type Tone = 'neutral' | 'accent' | 'wait' | 'good' | 'bad' | 'gone' | 'pulled';

/** Text and ground of a badge or notice. */
export const toneClasses: Record<Tone, string> = {
  neutral: 'bg-sunken text-ink',
  accent: 'bg-accent-soft text-accent',
  wait: 'bg-wait-soft text-wait',
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  gone: 'bg-gone-soft text-gone',
  pulled: 'bg-pulled-soft text-pulled',
};

/** The edge of a card. */
export const toneEdges: Record<Tone, string> = {
  neutral: 'border-l-line-strong',
  accent: 'border-l-accent',
  wait: 'border-l-wait',
  good: 'border-l-good',
  bad: 'border-l-bad',
  gone: 'border-l-gone',
  pulled: 'border-l-pulled',
};

export const toneTexts: Record<Tone, string> = {
  neutral: 'text-ink',
  accent: 'text-accent',
  wait: 'text-wait',
  good: 'text-good',
  bad: 'text-bad',
  gone: 'text-gone',
  pulled: 'text-pulled',
};
