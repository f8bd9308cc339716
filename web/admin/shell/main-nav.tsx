import { useEffect, useRef } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { adminPaths } from '../paths.ts';
import { queueSummaryQuery } from '../queries.ts';
import { usePages } from './use-pages.ts';

/** The pages; the queue says how many requests wait. */
export function MainNav() {
  const pages = usePages();
  const [location] = useLocation();
  const nav = useRef<HTMLElement>(null);
  const { data: queue } = useQuery(queueSummaryQuery());
  // The number comes later than the page and moves what is right of it.
  const counted = queue !== undefined && queue.waiting > 0;
  // On a phone the pages are wider than the screen: the one that is open is brought into view.
  useEffect(() => {
    const strip = nav.current;
    const current = strip?.querySelector<HTMLElement>('[aria-current=page]') ?? null;
    if (strip === null || current === null) return;
    strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.clientWidth) / 2;
  }, [location, counted]);
  return (
    <nav ref={nav} aria-label="Pages" className="relative mx-auto flex max-w-6xl gap-1 overflow-x-auto px-3">
      {pages.map(({ path, label, icon: Icon }) => {
        const current =
          location === path ||
          (path === adminPaths.queue ? location.startsWith('/requests/') : location.startsWith(`${path}/`));
        return (
          <Link
            key={path}
            href={path}
            aria-current={current ? 'page' : undefined}
            className="quiet-motion inline-flex min-h-11 items-center gap-2 border-b-2 border-transparent px-2.5 text-sm text-muted -outline-offset-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
          >
            <Icon aria-hidden className="size-4 max-sm:hidden" />
            {label}
            {path === adminPaths.queue && counted && (
              <span className="rounded-full bg-wait-soft px-1.5 text-xs font-medium text-wait">
                {queue.waiting}
                {queue.more && '+'}
                <span className="sr-only"> waiting</span>
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
