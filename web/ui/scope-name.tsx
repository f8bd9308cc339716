/** A scope, as a token. */
export function ScopeName({ scope }: { scope: string }) {
  return (
    <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-[0.85em] wrap-anywhere text-ink">{scope}</code>
  );
}
