import { useId, type ReactNode } from 'react';

/** A titled part of a page. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const heading = useId();
  return (
    <section
      aria-labelledby={heading}
      className="grid min-w-0 content-start gap-3 rounded-xl border border-line bg-surface p-4"
    >
      <h2 id={heading} className="text-sm font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
}
