import { useEffect, useState } from 'react';

/** `[resting, start]`: after `start()` it rests for `durationMs`, so that a button is not hammered. */
export function useCooldown(durationMs: number): [boolean, () => void] {
  const [resting, setResting] = useState(false);
  useEffect(() => {
    if (!resting) return undefined;
    const timer = setTimeout(() => setResting(false), durationMs);
    return () => clearTimeout(timer);
  }, [resting, durationMs]);
  return [resting, () => setResting(true)];
}
