import { Button } from '../../ui/button.tsx';
import { DateFilter } from '../../ui/date-filter.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TextFilter } from '../../ui/text-filter.tsx';
import type { AuditFilter } from './audit-filter.ts';
import { entryTypes } from './audit-words.ts';

/** What narrows the log; all of it stands in the address. */
export function AuditFilters(props: {
  filter: AuditFilter;
  scopes: readonly string[];
  onChange: (change: { [Name in keyof AuditFilter]: string | undefined }) => void;
}) {
  const { filter, onChange } = props;
  const empty = Object.keys(filter).length === 0;
  const rare = [filter.request_id, filter.grant_id, filter.from, filter.to].some((part) => part !== undefined);
  const scopes = [...new Set([...props.scopes, ...(filter.scope === undefined ? [] : [filter.scope])])];
  return (
    <form
      role="search"
      aria-label="Filter the audit log"
      onSubmit={(event) => event.preventDefault()}
      className="grid gap-2"
    >
      <div className="grid gap-2 sm:grid-cols-3 sm:[&>select]:w-full">
        <TextFilter
          label="Person, by e-mail address"
          value={filter.person ?? ''}
          onChange={(person) => onChange({ person })}
        />
        <SelectField
          label="Kind of entry"
          any="Every kind"
          options={entryTypes}
          value={filter.type}
          onChange={(type) => onChange({ type })}
        />
        <SelectField
          label="Scope"
          any="Every scope"
          options={scopes.map((scope) => ({ value: scope, label: scope }))}
          value={filter.scope}
          onChange={(scope) => onChange({ scope })}
        />
      </div>
      <details open={rare}>
        <summary className="w-fit rounded py-1 text-sm text-accent underline">By time, request or grant</summary>
        <div className="mt-2 grid gap-2 sm:grid-cols-2 lg:grid-cols-4">
          <DateFilter label="From" value={filter.from ?? ''} onChange={(from) => onChange({ from })} />
          <DateFilter label="To" value={filter.to ?? ''} onChange={(to) => onChange({ to })} />
          <TextFilter
            label="Request id"
            value={filter.request_id ?? ''}
            onChange={(request_id) => onChange({ request_id })}
          />
          <TextFilter label="Grant id" value={filter.grant_id ?? ''} onChange={(grant_id) => onChange({ grant_id })} />
        </div>
      </details>
      {!empty && (
        <Button look="quiet" className="justify-self-start" onClick={() => onChange(nothing)}>
          Clear the filters
        </Button>
      )}
    </form>
  );
}

const nothing = {
  person: undefined,
  type: undefined,
  scope: undefined,
  request_id: undefined,
  grant_id: undefined,
  from: undefined,
  to: undefined,
};
