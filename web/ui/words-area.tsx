import { useId, type KeyboardEvent } from 'react';
import { longestWords, textLength } from '../lib/text-length.ts';
import { fieldClass } from './field.ts';

/**
 * A field for a few sentences. Nothing is cut off in it: near its limit it counts, and beyond it says by how much; the
 * form it stands in is then not sent.
 */
export function WordsArea(props: {
  id: string;
  value: string;
  onChange: (words: string) => void;
  longest?: number;
  rows?: number;
  required?: boolean;
  focused?: boolean;
  onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
}) {
  const note = useId();
  const length = textLength(props.value, props.longest ?? longestWords);
  const over = length.kind === 'over' ? `${length.words}: shorten the text. Nothing was cut off.` : '';
  return (
    <>
      <textarea
        ref={(area) => {
          area?.setCustomValidity(over);
        }}
        id={props.id}
        data-initial-focus={props.focused === true ? '' : undefined}
        rows={props.rows ?? 2}
        required={props.required}
        aria-invalid={over !== ''}
        aria-describedby={note}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        onKeyDown={props.onKeyDown}
        className={fieldClass}
      />
      <p
        id={note}
        role="status"
        className={`text-xs empty:hidden ${over === '' ? 'text-muted' : 'font-medium text-bad'}`}
      >
        {length.kind === 'near' ? length.words : over}
      </p>
    </>
  );
}
