import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';

/** From one thing to the list that it is in. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="inline-flex w-fit items-center gap-1 rounded py-1 text-sm text-accent hover:underline">
      <ArrowLeft aria-hidden className="size-4" /> {children}
    </Link>
  );
}
