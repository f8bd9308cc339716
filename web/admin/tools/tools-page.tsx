import { useId, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import type { UserStatus } from '../../../api/contract/user-status.ts';
import { useAddressFilter } from '../../lib/use-address-filter.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { ClientName } from '../../ui/client-name.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TextFilter } from '../../ui/text-filter.tsx';
import { toolsQuery } from '../queries.ts';
import { RiskBadge } from '../request/risk-badge.tsx';
import { readsEverything } from '../shell/pages.ts';
import { toolsByScope } from './access-label.ts';
import { ToolRow } from './tool-row.tsx';
import { TryTool } from './try-tool.tsx';

const accesses = [
  { value: 'now', label: 'May call now' },
  { value: 'by_asking', label: 'By asking' },
  { value: 'never', label: 'Never' },
] as const;

/** Every tool of the policy, and whether oneself, or somebody else, may call it. */
export function ToolsPage({ user }: { user: UserStatus }) {
  useDocumentTitle('Tools · Countersign dashboard');
  const [{ person, access }, change] = useAddressFilter(['person', 'access']);
  const list = useQuery(toolsQuery(person));
  const [trying, setTrying] = useState<string>();
  const tools = (list.data?.tools ?? []).filter((tool) => access === undefined || tool.access === access);
  const own = list.data?.subject_email === user.email;
  const tried = list.data?.tools.find(({ name }) => name === trying);
  return (
    <>
      <PageHeading title="Tools" />
      <div className="flex flex-wrap gap-2">
        {readsEverything(user) && (
          <TextFilter
            label="Whose access, by e-mail address"
            value={person ?? ''}
            onChange={(wanted) => change({ person: wanted })}
            className="sm:max-w-80"
          />
        )}
        <SelectField
          label="Whether it may be called"
          any="Every tool"
          options={accesses}
          value={access}
          onChange={(wanted) => change({ access: wanted })}
        />
      </div>
      {list.data !== undefined && (
        <p className="text-sm wrap-anywhere text-muted">
          {own ? 'What you may call' : `What ${list.data.subject_email} may call`} through{' '}
          <span title={list.data.client_id}>
            <ClientName client={list.data.client} />
          </span>
          .
        </p>
      )}
      {list.isPending ? (
        <Loading label="Loading the tools" rows={4} />
      ) : list.data === undefined ? (
        <LoadFailure error={list.error} onRetry={() => void list.refetch()} />
      ) : tools.length === 0 ? (
        <EmptyState icon={<SearchX />} title="No tool is like that" />
      ) : (
        toolsByScope(tools).map(([scope, group]) => (
          <ScopeGroup key={scope} scope={scope} description={group[0]?.description ?? ''} risk={group[0]?.risk ?? null}>
            {group.map((tool) => (
              <ToolRow key={tool.name} tool={tool} onTry={own ? () => setTrying(tool.name) : undefined} />
            ))}
          </ScopeGroup>
        ))
      )}
      {tried !== undefined && <TryTool tool={tried} onClose={() => setTrying(undefined)} />}
    </>
  );
}

function ScopeGroup(props: {
  scope: string;
  description: string;
  risk: Parameters<typeof RiskBadge>[0]['risk'];
  children: React.ReactNode;
}) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="min-w-0 rounded-xl border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
        <h2 id={heading} className="text-sm font-semibold">
          <ScopeName scope={props.scope} />
        </h2>
        <RiskBadge risk={props.risk} />
        <p className="text-sm text-muted">{props.description}</p>
      </div>
      <ul className="divide-y divide-line">{props.children}</ul>
    </section>
  );
}
