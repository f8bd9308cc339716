import type { ReactNode } from 'react';
import { useConnection } from '../lib/connection-store.ts';
import { Brand } from '../ui/brand.tsx';
import { ConnectionBanner } from '../ui/connection-banner.tsx';
import { shownConnection, type Answers } from './shown-connection.ts';

/** One column under our name; above it, in sight wherever one has scrolled to, whether what is shown may be old. */
export function PageFrame({ asked, children }: { asked: Answers; children: ReactNode }) {
  const stream = useConnection();
  return (
    <>
      <div className="sticky top-0 z-10">
        <ConnectionBanner state={shownConnection(stream, asked)} />
      </div>
      <main className="mx-auto grid min-h-dvh w-full max-w-2xl content-start gap-5 px-4 py-8 sm:py-12">
        <Brand />
        {children}
      </main>
    </>
  );
}
