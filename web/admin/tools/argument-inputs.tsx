import { useId } from 'react';
import { fieldClass } from '../../ui/field.ts';
import type { ArgumentField, Typed } from './schema-fields.ts';

/** A field for each argument of a tool. */
export function ArgumentInputs(props: {
  fields: readonly ArgumentField[];
  typed: Typed;
  wrong: Readonly<Record<string, string>>;
  onChange: (typed: Typed) => void;
}) {
  if (props.fields.length === 0) return <p className="text-sm text-muted">It takes no arguments.</p>;
  return props.fields.map((field) => (
    <ArgumentInput
      key={field.name}
      field={field}
      value={props.typed[field.name] ?? ''}
      wrong={props.wrong[field.name]}
      onChange={(value) => props.onChange({ ...props.typed, [field.name]: value })}
    />
  ));
}

function ArgumentInput(props: {
  field: ArgumentField;
  value: string;
  wrong: string | undefined;
  onChange: (value: string) => void;
}) {
  const { field, value, wrong, onChange } = props;
  const id = useId();
  const common = {
    id,
    'aria-describedby': `${id}-help`,
    'aria-invalid': wrong !== undefined,
    'aria-required': field.required,
  };
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        <code className="font-mono">{field.name}</code>{' '}
        {!field.required && <span className="font-normal text-muted">(optional)</span>}
      </label>
      {field.kind === 'boolean' || field.kind === 'choice' ? (
        <select {...common} value={value} onChange={(event) => onChange(event.target.value)} className={fieldClass}>
          <option value="">{field.required ? 'Choose' : 'Left out'}</option>
          {(field.kind === 'boolean' ? ['true', 'false'] : field.options).map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          inputMode={field.kind === 'text' ? 'text' : 'decimal'}
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${fieldClass} font-mono`}
        />
      )}
      <p id={`${id}-help`} className={`text-xs empty:hidden ${wrong === undefined ? 'text-muted' : 'text-bad'}`}>
        {wrong ?? field.description}
      </p>
    </div>
  );
}
