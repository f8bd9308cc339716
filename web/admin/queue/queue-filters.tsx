import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ListFilter } from 'lucide-react';
import { clientLabel } from '../../ui/client-label.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { queueSummaryQuery } from '../queries.ts';
import { requestStatusLabels, riskLabels } from '../request/labels.ts';
import { parseQueueFilter, type QueueFilter } from './queue-filter.ts';

/** What can be chosen in a filter besides the status: where its counts come from. */
const choices = [
  { name: 'risk', label: 'Risk', any: 'Any risk', from: 'risks' },
  { name: 'scope', label: 'Scope', any: 'Any scope', from: 'scopes' },
  { name: 'tool', label: 'Tool', any: 'Any tool', from: 'tools' },
  { name: 'requester', label: 'Requester', any: 'Anybody', from: 'requesters' },
  { name: 'client', label: 'Client', any: 'Any client', from: 'clients' },
] as const;

const statusOptions = Object.entries(requestStatusLabels)
  .filter(([value]) => value !== 'pending')
  .map(([value, { text }]) => ({ value, label: text }));

/** Narrows the queue; the options are what waits, with how many of each. */
export function QueueFilters(props: {
  filter: QueueFilter;
  onChange: (name: keyof QueueFilter, value: string | undefined) => void;
}) {
  const { data: all } = useQuery(queueSummaryQuery());
  const [shown, setShown] = useState(false);
  const panel = useId();
  const set = Object.keys(props.filter).filter((name) => name !== 'q').length;
  return (
    <>
      {/* On phones they would take the place of the first requests. */}
      <Button className="sm:hidden" aria-expanded={shown} aria-controls={panel} onClick={() => setShown(!shown)}>
        <ListFilter aria-hidden /> Filters{set > 0 && ` (${set})`}
      </Button>
      <div
        id={panel}
        role="group"
        aria-label="Filters"
        className={`flex-wrap items-center gap-2 max-sm:w-full max-sm:grid-cols-2 sm:flex ${shown ? 'max-sm:grid' : 'max-sm:hidden'}`}
      >
        {choices.map(({ name, label, any, from }) => {
          const value = props.filter[name];
          const counted: readonly { value: string; waiting: number; name?: string; verified?: boolean }[] =
            all?.[from] ?? [];
          const known = value === undefined || counted.some((choice) => choice.value === value);
          const options = [...counted, ...(known ? [] : [{ value, waiting: 0 }])];
          return (
            <SelectField
              key={name}
              label={label}
              any={any}
              value={value}
              options={options.map((choice) => ({
                value: choice.value,
                label: `${labelOf(name, choice)} (${choice.waiting})`,
              }))}
              onChange={(next) => props.onChange(name, next)}
            />
          );
        })}
        <SelectField
          label="Status"
          any="Waiting"
          value={props.filter.status}
          options={statusOptions}
          onChange={(next) => props.onChange('status', next)}
        />
      </div>
    </>
  );
}

function labelOf(filter: string, choice: { value: string; name?: string; verified?: boolean }): string {
  if (filter === 'risk') return riskText(choice.value);
  if (choice.name === undefined) return choice.value;
  const { name, verified = false } = choice;
  return `${clientLabel({ name, verified })}${verified ? '' : ', not verified'}`;
}

function riskText(value: string): string {
  const { risk } = parseQueueFilter(`risk=${value}`);
  return risk === undefined ? value : riskLabels[risk].text;
}
