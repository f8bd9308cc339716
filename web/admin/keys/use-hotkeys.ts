import { useEffect, useEffectEvent } from 'react';
import { keyName } from './key-name.ts';
import { useSingleKeys } from './single-keys.ts';
import { takesKeys } from './takes-keys.ts';

/** Single-key shortcuts of a page, while they are switched on; see {@link keyName} for their names. */
export function useHotkeys(act: Readonly<Record<string, () => void>>): void {
  const enabled = useSingleKeys();
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const name = keyName(event);
    const action = name === undefined ? undefined : act[name];
    if (action === undefined || takesKeys(event.target)) return;
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
