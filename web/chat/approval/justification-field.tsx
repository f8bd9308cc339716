import { useId, type KeyboardEvent } from 'react';
import { WordsArea } from '../../ui/words-area.tsx';

/** Why the person needs it; whoever decides reads this. Ctrl+Enter sends the form it stands in. */
export function JustificationField(props: { value: string; required: boolean; onChange: (value: string) => void }) {
  const field = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
  };
  return (
    <div className="grid gap-1">
      <label htmlFor={field} className="text-sm font-medium text-ink">
        Why do you need it?{' '}
        <span className="font-normal text-muted">{props.required ? '(required)' : '(optional)'}</span>
      </label>
      <WordsArea
        id={field}
        required={props.required}
        value={props.value}
        onChange={props.onChange}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
