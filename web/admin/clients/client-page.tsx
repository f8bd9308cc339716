import { useQuery } from '@tanstack/react-query';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { ClientName } from '../../ui/client-name.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { Panel } from '../../ui/panel.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { GrantRow } from '../grants/grant-row.tsx';
import { adminPaths } from '../paths.ts';
import { BackLink } from '../shell/back-link.tsx';
import { ClientActions } from './client-actions.tsx';
import { errorsWords } from './errors-dialog.tsx';
import { ClientBadges } from './client-badges.tsx';
import { clientQuery } from './queries.ts';

/** One OAuth client: what it is, what it holds, and what can be done about it. */
export function ClientPage({ clientId }: { clientId: string }) {
  const { data, error, isPending, refetch } = useQuery(clientQuery(clientId));
  useDocumentTitle(`${data?.client.name ?? 'Client'} · Countersign dashboard`);
  if (isPending) return <Loading label="Loading the client" />;
  if (data === undefined) return <LoadFailure error={error} onRetry={() => void refetch()} />;
  const { client, grants } = data;
  return (
    <>
      <BackLink href={adminPaths.clients}>Clients</BackLink>
      <PageHeading title={<ClientName client={client} />}>
        <p className="flex flex-wrap gap-2">
          <ClientBadges client={client} />
        </p>
      </PageHeading>
      {client.blocked !== null && (
        <Notice tone="bad">
          Blocked by {client.blocked.by}, <Moment at={client.blocked.at} />: “
          <VisibleText text={client.blocked.reason} />”
        </Notice>
      )}
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Panel title="What it holds">
          {grants.length === 0 ? (
            <p className="text-sm text-muted">Nothing elevated, for nobody.</p>
          ) : (
            <ul aria-label="Grants" className="grid min-w-0 gap-3">
              {grants.map((grant) => (
                <GrantRow key={grant.grant_id} grant={grant} />
              ))}
            </ul>
          )}
        </Panel>
        <Panel title="Client">
          <Facts
            rows={[
              ['Client id', <code key="id">{client.client_id}</code>],
              [
                'Calls itself',
                client.registered_name === null ? 'nothing' : <VisibleText key="n" text={client.registered_name} />,
              ],
              [
                'Registered',
                client.registered_at !== null ? (
                  <Moment key="at" at={client.registered_at} />
                ) : client.first_party ? (
                  'comes with the product'
                ) : isDocumented(client.client_id) ? (
                  'no: its own site describes it'
                ) : (
                  'unknown'
                ),
              ],
              ['Refused calls', `answered ${errorsWords[client.authorization_errors]}`],
              [
                'Returns to',
                client.redirect_uris.length > 0
                  ? client.redirect_uris.join(', ')
                  : isDocumented(client.client_id)
                    ? 'what its document says'
                    : 'nowhere',
              ],
            ]}
          />
          <ClientActions client={client} canChange={data.can_change} />
        </Panel>
      </div>
    </>
  );
}

/** A client that is known by the address of a document about it. */
function isDocumented(clientId: string): boolean {
  return clientId.startsWith('https://');
}
