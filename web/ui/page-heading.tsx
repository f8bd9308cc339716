import type { ReactNode } from 'react';

/** The heading of a page, with what belongs beside it. */
export function PageHeading({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <h1 className="min-w-0 text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
      {children}
    </div>
  );
}
