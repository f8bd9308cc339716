import { useQuery } from '@tanstack/react-query';
import { Badge } from '../../ui/badge.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { standingLabels } from './labels.ts';
import { scopesQuery } from './queries.ts';

/** Every scope that there is, and how one gets it. */
export function ScopeTable() {
  const list = useQuery(scopesQuery);
  return (
    <Panel title="What there is to hold">
      {list.isPending ? (
        <Loading label="Loading the scopes" />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <ul className="grid min-w-0 divide-y divide-line">
          {list.data.scopes.map((scope) => {
            const label = standingLabels[scope.standing];
            return (
              <li
                key={scope.scope}
                className="flex min-w-0 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2.5"
              >
                <div className="min-w-0">
                  <ScopeName scope={scope.scope} />
                  <p className="mt-1 text-sm text-muted">{scope.description}</p>
                </div>
                <Badge tone={scope.pending_request_id === null ? label.tone : 'wait'}>
                  {scope.pending_request_id === null ? label.text : 'Asked for'}
                </Badge>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
