import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { groupByRun } from './arrange.ts';
import { QueueRow } from './queue-row.tsx';
import { RunGroup } from './run-group.tsx';
import { whyNotTogether } from './why-not-together.ts';

/** The rows, those of one agent run framed. */
export function QueueList(props: {
  label: string;
  requests: readonly ScopeRequestView[];
  selected: string | undefined;
  isTicked: (requestId: string) => boolean;
  isNew: (requestId: string) => boolean;
  onSelect: (requestId: string) => void;
  onTick: (requestId: string, range: boolean) => void;
  onTickAll: (requestIds: string[]) => void;
}) {
  const row = (request: ScopeRequestView) => (
    <QueueRow
      key={request.request_id}
      request={request}
      selected={request.request_id === props.selected}
      ticked={props.isTicked(request.request_id)}
      isNew={props.isNew(request.request_id)}
      onSelect={() => props.onSelect(request.request_id)}
      onTick={(range) => props.onTick(request.request_id, range)}
    />
  );
  return (
    <ul aria-label={props.label} className="grid min-w-0 gap-2">
      {groupByRun(props.requests).map((group) => {
        const [first] = group;
        if (first === undefined) return null;
        if (group.length === 1) return row(first);
        return (
          <RunGroup
            key={first.request_id}
            email={first.subject_email}
            count={group.length}
            onTickAll={
              whyNotTogether(group) === undefined
                ? () => props.onTickAll(group.map(({ request_id }) => request_id))
                : undefined
            }
          >
            {group.map(row)}
          </RunGroup>
        );
      })}
    </ul>
  );
}
