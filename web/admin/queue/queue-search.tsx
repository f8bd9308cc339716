import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import { useDebounced } from '../../lib/use-debounced.ts';
import { fieldClass } from '../../ui/field.ts';

/** Words to search the queue for. It is asked when the typing pauses. */
export function QueueSearch({
  field,
  words,
  onChange,
}: {
  field: RefObject<HTMLInputElement | null>;
  words: string;
  onChange: (words: string) => void;
}) {
  const [typed, setTyped] = useState(words);
  const [shown, setShown] = useState(words);
  // The address has changed by other means than this field: a link, the back button, Clear.
  if (shown !== words) {
    setShown(words);
    if (typed.trim() !== words) setTyped(words);
  }
  const settled = useDebounced(typed, 200);
  const tell = useEffectEvent((wanted: string) => {
    if (wanted !== words && wanted === typed.trim()) onChange(wanted);
  });
  useEffect(() => tell(settled.trim()), [settled]);
  return (
    <input
      ref={field}
      type="search"
      aria-label="Search the queue"
      aria-keyshortcuts="/"
      placeholder="Search the queue"
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        // Back to the list, where single keys act.
        if (event.key === 'Escape' && typed === '') event.currentTarget.blur();
      }}
      className={`${fieldClass} min-h-10 min-w-0 flex-1 sm:min-w-56 pointer-coarse:min-h-11`}
    />
  );
}
