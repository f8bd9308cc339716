import { useId } from 'react';
import { fieldClass } from '../../ui/field.ts';
import type { Verdict } from './recorded-decisions.ts';

/** The reason of a denial or the comment of an approval. With the focus here Enter alone commits nothing. */
export function WordsField(props: {
  verdict: Verdict;
  focused: boolean;
  value: string;
  onChange: (words: string) => void;
}) {
  const field = useId();
  const denies = props.verdict === 'deny';
  return (
    <div className="grid gap-1">
      <label htmlFor={field} className="text-sm font-medium">
        {denies ? 'Reason' : 'Comment'}{' '}
        <span className="font-normal text-muted">
          {denies ? '(required; the requester reads it)' : '(optional; kept with the decision)'}
        </span>
      </label>
      <textarea
        id={field}
        data-initial-focus={props.focused ? '' : undefined}
        rows={3}
        maxLength={2_000}
        required={denies}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className={fieldClass}
      />
    </div>
  );
}
