/** A choice of a few values, small enough to stand in a row of filters; the first one is "any". */
export function SelectField(props: {
  label: string;
  /** What it says while nothing is chosen. */
  any: string;
  options: readonly { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <select
      aria-label={props.label}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(event.target.value === '' ? undefined : event.target.value)}
      className={`min-h-10 w-full min-w-0 truncate rounded-lg border bg-surface py-1.5 pr-1 pl-2 text-sm sm:w-33 pointer-coarse:min-h-11 ${
        props.value === undefined ? 'border-line-strong text-muted' : 'border-accent font-medium text-accent'
      }`}
    >
      <option value="">{props.any}</option>
      {props.options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
