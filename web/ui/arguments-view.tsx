import { VisibleText } from './visible-text.tsx';

/**
 * A call's arguments in full, one per line: nobody should decide on less than what will run. Long values scroll in
 * their place, unless `full`.
 */
export function ArgumentsView(props: { values: Readonly<Record<string, unknown>> | null; full?: boolean }) {
  const entries = Object.entries(props.values ?? {});
  if (entries.length === 0) return <p className="text-sm text-muted">No arguments</p>;
  return (
    <dl className="grid gap-x-4 gap-y-1.5 rounded-lg border border-line bg-sunken p-3 text-[0.8125rem] sm:grid-cols-[max-content_minmax(0,1fr)]">
      {entries.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="font-mono text-muted">
            <VisibleText text={name} />
          </dt>
          <dd
            className={`font-mono wrap-anywhere whitespace-pre-wrap ${props.full === true ? '' : 'max-h-60 overflow-auto'}`}
          >
            <VisibleText text={argumentText(value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What fits on a line is not spread over several. */
const lineLength = 60;

/** Strings as they are, unless that would hide that they are strings (or that they are empty). */
function argumentText(value: unknown): string {
  if (typeof value === 'string' && value !== '' && !/^\s|\s$|^(true|false|null|-?\d[\d.e+-]*)$/i.test(value))
    return value;
  const line = JSON.stringify(value) ?? 'undefined';
  return line.length <= lineLength ? line : JSON.stringify(value, null, 2);
}
