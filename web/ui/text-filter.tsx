import { useEffect, useEffectEvent, useState } from 'react';
import { useDebounced } from '../lib/use-debounced.ts';
import { fieldClass } from './field.ts';

/** Words that narrow a list; they count when the typing pauses. */
export function TextFilter(props: {
  label: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}) {
  const { value } = props;
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  // The address has changed by other means than this field: a link, the back button, Clear.
  if (shown !== value) {
    setShown(value);
    if (typed.trim() !== value) setTyped(value);
  }
  const settled = useDebounced(typed, 250);
  const tell = useEffectEvent((wanted: string) => {
    if (wanted !== value && wanted === typed.trim()) props.onChange(wanted);
  });
  useEffect(() => tell(settled.trim()), [settled]);
  return (
    <input
      type="search"
      aria-label={props.label}
      placeholder={props.placeholder ?? props.label}
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      className={`${fieldClass} min-h-10 min-w-0 pointer-coarse:min-h-11 ${props.className ?? ''}`}
    />
  );
}
