import { useQuery } from '@tanstack/react-query';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Badge } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { Panel } from '../../ui/panel.tsx';
import { GrantRow } from '../grants/grant-row.tsx';
import { adminPaths } from '../paths.ts';
import { BackLink } from '../shell/back-link.tsx';
import { AccountPanel } from './account-panel.tsx';
import { personQuery } from './queries.ts';
import { RolesPanel } from './roles-panel.tsx';
import { SignInsPanel } from './sign-ins-panel.tsx';

/** One account: roles, sign-ins, grants, and what can be done about them. */
export function PersonPage({ subject, viewer }: { subject: string; viewer: string }) {
  const { data, error, isPending, refetch } = useQuery(personQuery(subject));
  useDocumentTitle(`${data?.person.name ?? 'Person'} · Countersign dashboard`);
  if (isPending) return <Loading label="Loading the person" />;
  if (data === undefined) return <LoadFailure error={error} onRetry={() => void refetch()} />;
  const { person, grants } = data;
  return (
    <>
      <BackLink href={adminPaths.people}>People</BackLink>
      <PageHeading title={person.name}>
        <p className="flex flex-wrap items-center gap-2">
          {person.own && <Badge>You</Badge>}
          {person.disabled_at !== null && <Badge tone="bad">Disabled</Badge>}
        </p>
      </PageHeading>
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <RolesPanel key={person.subject} detail={data} viewer={viewer} />
          <Panel title="Grants">
            {grants.length === 0 ? (
              <p className="text-sm text-muted">Holds nothing elevated now.</p>
            ) : (
              <ul aria-label="Grants" className="grid min-w-0 gap-3">
                {grants.map((grant) => (
                  <GrantRow key={grant.grant_id} grant={grant} />
                ))}
              </ul>
            )}
          </Panel>
        </div>
        <div className="grid min-w-0 gap-4">
          <Panel title="Account">
            <Facts
              rows={[
                ['Address', person.email],
                ['Since', <Moment key="since" at={person.created_at} />],
                ['Waiting requests', String(person.open_requests)],
                ...(person.disabled_at === null
                  ? []
                  : [['Disabled', <Moment key="disabled" at={person.disabled_at} />] as const]),
              ]}
            />
            <AccountPanel person={person} />
          </Panel>
          <SignInsPanel detail={data} />
        </div>
      </div>
    </>
  );
}
