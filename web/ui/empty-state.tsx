import type { ReactNode } from 'react';

/** What a page shows when it has nothing to show, and what to do about it; level 1 when it is the whole page. */
export function EmptyState(props: { icon: ReactNode; title: string; level?: 1 | 2; children?: ReactNode }) {
  const Heading = props.level === 1 ? 'h1' : 'h2';
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-14 text-center">
      <div className="mb-1 rounded-full bg-sunken p-3 text-muted [&_svg]:size-6">{props.icon}</div>
      <Heading className="text-base font-semibold">{props.title}</Heading>
      <div className="max-w-prose text-sm text-muted">{props.children}</div>
    </div>
  );
}
