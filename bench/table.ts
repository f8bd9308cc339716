import type { Figure, Times } from './figures.ts';

/** The figures as one table in Markdown, which reads as well in a terminal. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['', 'what', 'ours', 'reference', 'ratio', 'aim'];
  const rows = figures.map(({ part, what, unit, ours, reference, ratio, aim }) => [
    part,
    what,
    shown(ours, unit),
    reference === undefined ? '' : shown(reference, unit),
    ratio === undefined ? '' : ratio.toFixed(2),
    aim ?? '',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Times are "median / 95th percentile". */
function shown(value: Times | number, unit: Figure['unit']): string {
  if (typeof value !== 'number') return `${rounded(value.p50)} / ${rounded(value.p95)} ${unit}`;
  return unit === 'per second' ? `${rounded(value)} /s` : `${rounded(value)} ${unit}`;
}

function rounded(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
