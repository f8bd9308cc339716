import { useEffect, useEffectEvent, useRef } from 'react';
import { keyName } from './key-name.ts';
import { useSingleKeys } from './single-keys.ts';
import { takesKeys } from './takes-keys.ts';

const secondKeyWithinMs = 1_500;

/**
 * `G` and then a letter, everywhere. The second key is taken before any page sees it: after `G` a `D` opens the
 * decisions and denies nothing, also when no page has that letter.
 */
export function useGoKeys(go: (letter: string) => void): void {
  const enabled = useSingleKeys();
  const pressedAt = useRef(-Infinity);
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const name = keyName(event);
    if (name === undefined || takesKeys(event.target)) return;
    if (event.timeStamp - pressedAt.current <= secondKeyWithinMs) {
      pressedAt.current = -Infinity;
      event.preventDefault();
      event.stopPropagation();
      go(name);
    } else if (name === 'g') pressedAt.current = event.timeStamp;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    // On the way down, before the listeners of pages.
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, [enabled]);
}
