/** Grey bars in the place of what is being fetched; one quiet word for screen readers. */
export function Loading({ label, rows = 3 }: { label: string; rows?: number }) {
  return (
    <div role="status" className="grid gap-3">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="h-16 animate-pulse rounded-xl bg-line opacity-60" />
      ))}
    </div>
  );
}
