import { useId } from 'react';
import { WordsArea } from '../../ui/words-area.tsx';
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
      <WordsArea
        id={field}
        focused={props.focused}
        rows={3}
        required={denies}
        value={props.value}
        onChange={props.onChange}
      />
    </div>
  );
}
