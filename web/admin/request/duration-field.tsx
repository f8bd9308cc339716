import { useId } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { fieldClass } from '../../ui/field.ts';
import { durationChoices } from './duration-choices.ts';

/** For how long an approval gives what is asked. */
export function DurationField(props: {
  request: ScopeRequestView;
  value: number;
  onChange: (seconds: number) => void;
}) {
  const field = useId();
  const { requested_duration_seconds: requested, max_grant_seconds: most } = props.request;
  return (
    <div className="grid gap-1">
      <label htmlFor={field} className="text-sm font-medium">
        For how long{' '}
        {requested !== null && requested > most && (
          <span className="font-normal text-muted">(more was asked for than policy allows)</span>
        )}
      </label>
      <select
        id={field}
        value={props.value}
        onChange={(event) => props.onChange(Number(event.target.value))}
        className={fieldClass}
      >
        {durationChoices(props.request).map(({ seconds, label }) => (
          <option key={seconds} value={seconds}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
