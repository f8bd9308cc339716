import { useEffect, useRef } from 'react';
import { LogOut, UserRound } from 'lucide-react';
import { Button } from './button.tsx';
import { ThemeChoice } from './theme-choice.tsx';

/** Who is signed in, with which roles; appearance; signing out. */
export function AccountMenu(props: { email: string; name: string; roles: readonly string[]; onSignOut: () => void }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeOutside = (event: Event): void => {
      if (menu.current?.open === true && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    const closeOnEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || menu.current?.open !== true) return;
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('keydown', closeOnEscape);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('keydown', closeOnEscape);
    };
  }, []);
  return (
    <details ref={menu} className="relative">
      <summary
        aria-label={`Account of ${props.email}`}
        className="quiet-motion flex min-h-10 items-center gap-2 rounded-lg px-2 text-sm text-muted hover:bg-sunken hover:text-ink"
      >
        <UserRound aria-hidden className="size-4 shrink-0" />
        <span className="hidden max-w-48 truncate sm:inline">{props.email}</span>
      </summary>
      <div className="absolute right-0 z-20 mt-1 grid w-64 gap-3 rounded-xl border border-line bg-surface p-4 text-ink shadow-xl">
        <div className="text-sm">
          <p className="font-medium wrap-anywhere">{props.name}</p>
          <p className="wrap-anywhere text-muted">{props.email}</p>
          <p className="mt-1 text-muted">Roles: {props.roles.length === 0 ? 'none' : props.roles.join(', ')}</p>
        </div>
        <ThemeChoice />
        <Button onClick={props.onSignOut}>
          <LogOut aria-hidden /> Sign out
        </Button>
      </div>
    </details>
  );
}
