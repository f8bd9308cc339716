import { useId } from 'react';
import type { ToolCallView } from '../../../api/contract/chat.ts';
import { formatDuration } from '../../lib/format-duration.ts';
import { fieldClass } from '../../ui/field.ts';

const usual = [15 * 60, 60 * 60, 4 * 60 * 60, 8 * 60 * 60, 24 * 60 * 60, 7 * 24 * 60 * 60];

/** For how long to ask, up to what policy allows; undefined leaves it to policy. Nothing where there is no choice. */
export function DurationField(props: {
  bounds: NonNullable<ToolCallView['grant_bounds']>;
  value: number | undefined;
  onChange: (seconds: number | undefined) => void;
}) {
  const field = useId();
  const { grant_seconds: given, max_grant_seconds: most } = props.bounds;
  const choices = [...new Set([...usual.filter((seconds) => seconds < most), most])].filter(
    (seconds) => seconds > 0 && seconds !== given,
  );
  if (choices.length === 0) return null;
  return (
    <div className="grid gap-1">
      <label htmlFor={field} className="text-sm font-medium text-ink">
        For how long?
      </label>
      <select
        id={field}
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        className={`${fieldClass} sm:w-72`}
      >
        <option value="">As policy has it: {formatDuration(given)}</option>
        {choices.map((seconds) => (
          <option key={seconds} value={seconds}>
            {formatDuration(seconds)}
          </option>
        ))}
      </select>
    </div>
  );
}
