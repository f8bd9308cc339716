/** The agent is at work. */
export function Working() {
  return (
    <p className="flex items-center gap-2 text-sm text-muted">
      <span aria-hidden className="flex gap-1">
        <span className="size-1.5 animate-pulse rounded-full bg-muted" />
        <span className="size-1.5 animate-pulse rounded-full bg-muted [animation-delay:200ms]" />
        <span className="size-1.5 animate-pulse rounded-full bg-muted [animation-delay:400ms]" />
      </span>
      Working…
    </p>
  );
}
