import { useEffect, useEffectEvent } from 'react';

/**
 * Single-key shortcuts of a page. They do nothing while somebody types, while a dialog is open, with a modifier held,
 * or when a held key repeats: one press, one action.
 */
export function useHotkeys(enabled: boolean, act: Readonly<Record<string, () => void>>): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const action = act[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [enabled]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
