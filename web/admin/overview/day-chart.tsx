import { useEffect, useId, useRef } from 'react';
import { barPieces, endedOn, endSeries, scaleEnd, type Day } from './chart-numbers.ts';

const width = 720;
const height = 220;
const left = 34;
const bottom = 24;
const top = 8;
const steps = [0, 0.25, 0.5, 0.75, 1] as const;
const dayName = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** How requests ended, a bar a day, and what waited when the day was over, as a line; the same as a table below. */
export function DayChart({ days }: { days: readonly Day[] }) {
  const title = useId();
  const description = useId();
  const strip = useRef<HTMLDivElement>(null);
  // On a phone the chart is wider than the screen, and today is what one comes for.
  useEffect(() => {
    if (strip.current !== null) strip.current.scrollLeft = strip.current.scrollWidth;
  }, []);
  const scale = scaleEnd(Math.max(...days.map((day) => Math.max(endedOn(day), day.waiting))));
  const slot = (width - left) / days.length;
  const y = (share: number): number => top + (height - top - bottom) * (1 - share);
  const middle = (index: number): number => left + slot * (index + 0.5);
  const ended = days.reduce((sum, day) => sum + endedOn(day), 0);
  return (
    <figure className="grid min-w-0 grid-cols-1 gap-3">
      <div
        ref={strip}
        className="min-w-0 overflow-x-auto"
        tabIndex={0}
        role="region"
        aria-label="Chart of the last 30 days"
      >
        <svg
          role="img"
          aria-labelledby={title}
          aria-describedby={description}
          viewBox={`0 0 ${width} ${height}`}
          className="w-full min-w-120"
        >
          <title id={title}>How requests ended, by day</title>
          <desc id={description}>
            {`${ended} requests ended in ${days.length} days. The table below has the numbers.`}
          </desc>
          {steps.map((share) => (
            <g key={share}>
              <line x1={left} x2={width} y1={y(share)} y2={y(share)} className="stroke-line" />
              <text x={left - 6} y={y(share) + 4} textAnchor="end" className="fill-muted text-[11px]">
                {Math.round(share * scale)}
              </text>
            </g>
          ))}
          {days.map((day, index) => (
            <g key={day.day}>
              <title>{dayText(day)}</title>
              <rect x={left + slot * index} y={top} width={slot} height={height - top - bottom} fill="transparent" />
              {barPieces(day, scale).map((piece) => (
                <rect
                  key={piece.className}
                  x={left + slot * index + slot * 0.18}
                  width={slot * 0.64}
                  y={y(piece.from + piece.height)}
                  height={y(piece.from) - y(piece.from + piece.height)}
                  rx={1.5}
                  className={piece.className}
                />
              ))}
              {(days.length - 1 - index) % 7 === 0 && (
                <text
                  x={index === days.length - 1 ? width : middle(index)}
                  y={height - 6}
                  textAnchor={index === days.length - 1 ? 'end' : 'middle'}
                  className="fill-muted text-[11px]"
                >
                  {dayName.format(new Date(day.day))}
                </text>
              )}
            </g>
          ))}
          <polyline
            points={days.map((day, index) => `${middle(index)},${y(day.waiting / scale)}`).join(' ')}
            fill="none"
            strokeWidth={2}
            strokeDasharray="4 3"
            className="pointer-events-none stroke-wait"
          />
        </svg>
      </div>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        {endSeries.map(({ key, label, className }) => (
          <span key={key} className="inline-flex items-center gap-1.5">
            <svg aria-hidden viewBox="0 0 10 10" className="size-2.5">
              <rect width="10" height="10" rx="2" className={className} />
            </svg>
            {label}
          </span>
        ))}
        <span className="inline-flex items-center gap-1.5">
          <svg aria-hidden viewBox="0 0 16 10" className="h-2.5 w-4">
            <line x1="0" x2="16" y1="5" y2="5" strokeWidth="2" strokeDasharray="4 3" className="stroke-wait" />
          </svg>
          Waiting when the day ended
        </span>
      </figcaption>
      <DayTable days={days} />
    </figure>
  );
}

function DayTable({ days }: { days: readonly Day[] }) {
  return (
    <details className="min-w-0">
      <summary className="w-fit rounded text-sm text-accent underline">The numbers as a table</summary>
      <div tabIndex={0} role="region" aria-label="Numbers by day" className="mt-2 max-h-80 overflow-auto">
        <table className="w-full text-right text-sm tabular-nums">
          <thead className="sticky top-0 bg-surface text-muted">
            <tr>
              <th scope="col" className="px-2 py-1 text-left font-medium">
                Day (UTC)
              </th>
              {['Asked', ...endSeries.map(({ label }) => label), 'Waiting'].map((name) => (
                <th key={name} scope="col" className="px-2 py-1 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.day} className="border-t border-line">
                <th scope="row" className="px-2 py-1 text-left font-normal whitespace-nowrap">
                  {day.day}
                </th>
                {[day.asked, ...endSeries.map(({ key }) => day[key]), day.waiting].map((count, index) => (
                  <td key={index} className="px-2 py-1">
                    {count}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function dayText(day: Day): string {
  const ends = endSeries.flatMap(({ key, label }) => (day[key] === 0 ? [] : [`${label.toLowerCase()} ${day[key]}`]));
  return `${dayName.format(new Date(day.day))}: asked ${day.asked}, ${ends.join(', ') || 'none ended'}, waiting ${day.waiting}`;
}
