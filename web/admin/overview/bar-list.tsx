import type { ReactNode } from 'react';

/** Names with a number each, drawn as bars; the number is written beside its bar. */
export function BarList(props: {
  label: string;
  empty: string;
  rows: readonly { key: string; name: ReactNode; value: number; text: string; parts?: readonly BarPart[] }[];
}) {
  const highest = Math.max(1, ...props.rows.map(({ value }) => value));
  if (props.rows.length === 0) return <p className="text-sm text-muted">{props.empty}</p>;
  return (
    <ul aria-label={props.label} className="grid gap-2.5">
      {props.rows.map(({ key, name, value, text, parts }) => (
        <li key={key} className="grid gap-1 text-sm">
          <span className="flex items-baseline justify-between gap-3">
            <span className="min-w-0 wrap-anywhere">{name}</span>
            <span className="shrink-0 text-muted tabular-nums">{text}</span>
          </span>
          <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 w-full">
            <rect width="100" height="4" className="fill-sunken" />
            {barsOf(parts ?? [{ value, className: 'fill-accent' }], highest).map((bar) => (
              <rect key={bar.x} x={bar.x} width={bar.width} height="4" className={bar.className} />
            ))}
          </svg>
        </li>
      ))}
    </ul>
  );
}

/** A part of a bar with its colour. */
export interface BarPart {
  value: number;
  className: string;
}

function barsOf(parts: readonly BarPart[], highest: number): { x: number; width: number; className: string }[] {
  let x = 0;
  return parts.flatMap(({ value, className }) => {
    const bar = { x, width: (value / highest) * 100, className };
    x += bar.width;
    return value === 0 ? [] : [bar];
  });
}
