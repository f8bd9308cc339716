import { lazy, Suspense, useEffect, useState } from 'react';
import { Keyboard, Search } from 'lucide-react';
import { useLocation } from 'wouter';
import { Button } from '../../ui/button.tsx';
import { usePages } from '../shell/use-pages.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { useGoKeys } from './use-go-keys.ts';
import { useHotkeys } from './use-hotkeys.ts';

const Palette = lazy(() => import('./palette.tsx').then(({ Palette: component }) => ({ default: component })));

/** What keys do on every page, with a button for each, so that nobody has to know a key. */
export function GlobalKeys() {
  const [open, setOpen] = useState<'keys' | 'palette'>();
  const [, navigate] = useLocation();
  const pages = usePages();
  const close = (): void => setOpen(undefined);
  useHotkeys({ '?': () => setOpen('keys') });
  useGoKeys((letter) => {
    const page = pages.find(({ key }) => key === letter);
    if (page !== undefined) navigate(page.path);
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k')
        return;
      // The browser's own meaning of it is its search field.
      event.preventDefault();
      if (!event.repeat && document.querySelector('dialog[open]') === null) setOpen('palette');
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <Button look="quiet" aria-keyshortcuts="Control+K" onClick={() => setOpen('palette')}>
        <Search aria-hidden />
        <span className="sr-only">Search or go to</span>
        <kbd aria-hidden className="font-mono text-xs text-muted max-sm:hidden">
          Ctrl K
        </kbd>
      </Button>
      <Button look="quiet" aria-label="Keyboard shortcuts" className="max-sm:hidden" onClick={() => setOpen('keys')}>
        <Keyboard aria-hidden />
      </Button>
      {open === 'keys' && <KeysDialog onClose={close} />}
      {open === 'palette' && (
        <Suspense>
          <Palette onClose={close} />
        </Suspense>
      )}
    </>
  );
}
