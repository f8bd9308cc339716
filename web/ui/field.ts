/** The one look of text fields. */
export const fieldClass =
  'w-full rounded-lg border border-line-strong bg-surface px-3 py-2 text-base text-ink placeholder:text-muted sm:text-sm';
