import { Link } from 'wouter';
import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { adminPaths } from '../paths.ts';
import { formatQueueFilter } from '../queue/queue-filter.ts';
import { requestStatusLabels } from './labels.ts';

/** Who asks: their roles, what they hold, and how earlier requests of theirs ended. */
export function RequesterPanel({ detail }: { detail: RequestDetail }) {
  const { request, requester } = detail;
  return (
    <Panel title="Requester">
      <Facts
        rows={[
          ['Name', <VisibleText key="name" text={requester.name} />],
          ['E-mail', requester.email],
          ['Roles', requester.roles.length === 0 ? 'none' : requester.roles.join(', ')],
          ['Through', <Through key="through" client={detail.client} />],
          ['Asked', <Age key="age" since={request.created_at} />],
        ]}
      />
      <h3 className="text-sm font-medium">Holds now</h3>
      {requester.grants.length === 0 ? (
        <p className="text-sm text-muted">No grant that you may see</p>
      ) : (
        <ul className="grid gap-1.5 text-sm">
          {requester.grants.map((grant) => (
            <li key={grant.grant_id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <Link href={adminPaths.request(grant.request_id)} className="rounded hover:underline">
                {grant.scopes.map((scope) => (
                  <ScopeName key={scope} scope={scope} />
                ))}
              </Link>
              <span className="text-muted">
                <Countdown until={grant.expires_at} label={`Time left of ${grant.scopes.join(' ')}`} />
                {grant.client_id !== request.client_id && (
                  <>
                    {' '}
                    · <ClientName client={grant.client} />
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      <h3 className="text-sm font-medium">Earlier requests</h3>
      <p className="text-sm text-muted">{outcomesText(requester.outcomes)}</p>
      {requester.recent.length > 0 && (
        <ul className="grid gap-1.5 text-sm">
          {requester.recent.map((earlier) => (
            <li key={earlier.request_id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <Badge tone={requestStatusLabels[earlier.status].tone}>{requestStatusLabels[earlier.status].text}</Badge>
              <Link
                href={adminPaths.request(earlier.request_id)}
                className="min-w-0 rounded wrap-anywhere hover:underline"
              >
                <VisibleText text={earlier.tool_name ?? earlier.scopes.join(' ')} />
              </Link>
              <span className="text-muted">
                <Age since={earlier.created_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Link
        href={`${adminPaths.queue}${formatQueueFilter({ requester: requester.email })}`}
        className="w-fit rounded py-1 text-sm text-accent underline"
      >
        All that waits of theirs
      </Link>
    </Panel>
  );
}

/** A client of somebody else is told from ours: its name is its own word. */
function Through({ client }: { client: RequestDetail['client'] }) {
  if (client.first_party) return client.name;
  return (
    <span className="grid gap-1">
      <ClientName client={client} />
      {client.name !== client.calls_itself && <span className="text-muted">calls itself “{client.calls_itself}”</span>}
      {client.acts_since !== null && (
        <span className="text-muted">
          they let it act for them <Age since={client.acts_since} />
        </span>
      )}
      <span className="font-mono text-[0.85em] text-muted">{client.client_id}</span>
    </span>
  );
}

function outcomesText(outcomes: RequestDetail['requester']['outcomes']): string {
  const parts = (['approved', 'denied', 'expired', 'cancelled', 'pending'] as const)
    .filter((status) => outcomes[status] > 0)
    .map((status) => `${outcomes[status]} ${status === 'pending' ? 'waiting' : status}`);
  return parts.length === 0 ? 'None' : parts.join(', ');
}
