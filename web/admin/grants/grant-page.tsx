import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { GrantDetail } from '../../../api/contract/grants.ts';
import type { UserStatus } from '../../../api/contract/user-status.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { adminPaths } from '../paths.ts';
import { grantQuery } from '../queries.ts';
import { grantStatusLabels } from '../request/labels.ts';
import { BackLink } from '../shell/back-link.tsx';
import { readsEverything } from '../shell/pages.ts';
import { GrantCalls } from './grant-calls.tsx';
import { GrantLife } from './grant-life.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

/** One grant: who holds what and why, and what ran with it. */
export function GrantPage({ grantId, user }: { grantId: string; user: UserStatus }) {
  useDocumentTitle('Grant · Countersign dashboard');
  const grant = useQuery(grantQuery(grantId));
  return (
    <>
      <BackLink href={adminPaths.grants}>Grants</BackLink>
      {grant.isPending ? (
        <Loading label="Loading the grant" />
      ) : grant.data === undefined ? (
        <LoadFailure error={grant.error} onRetry={() => void grant.refetch()} />
      ) : (
        <Detail detail={grant.data} auditor={readsEverything(user)} />
      )}
    </>
  );
}

function Detail({ detail, auditor }: { detail: GrantDetail; auditor: boolean }) {
  const { grant, request } = detail;
  const [revoking, setRevoking] = useState(false);
  const label = grantStatusLabels[grant.status];
  return (
    <>
      <PageHeading title={`Grant of ${grant.subject_email}`}>
        {grant.status === 'active' && grant.can_revoke && (
          <Button look="bad" onClick={() => setRevoking(true)}>
            Revoke…
          </Button>
        )}
      </PageHeading>
      <div className="grid items-start gap-5 md:grid-cols-2">
        <Panel title="What">
          <Facts
            rows={[
              [
                'State',
                <Badge key="state" tone={label.tone}>
                  {label.text}
                </Badge>,
              ],
              [
                'Scopes',
                <span key="scopes" className="flex flex-wrap gap-1.5">
                  {grant.scopes.map((scope) => (
                    <ScopeName key={scope} scope={scope} />
                  ))}
                </span>,
              ],
              [
                'Through',
                <span key="through">
                  <ClientName client={grant.client} />
                  {!grant.client.first_party && (
                    <span className="block font-mono text-[0.85em] wrap-anywhere text-muted">{grant.client_id}</span>
                  )}
                </span>,
              ],
              ['Lasts', <GrantLife key="life" grant={grant} />],
              ...(detail.end_note === null
                ? []
                : [['Revoked because', <VisibleText key="note" text={detail.end_note} />] as const]),
            ]}
          />
        </Panel>
        <Panel title="Why">
          <Facts
            rows={[
              ['Approved by', request.approved_by === 'policy' ? 'policy, at once' : request.approved_by],
              ['Asked', <Moment key="asked" at={request.asked_at} />],
              ...(request.tool_name === null ? [] : [['For', <code key="for">{request.tool_name}</code>] as const]),
              ...(request.justification === null
                ? []
                : [['Reason', <VisibleText key="why" text={request.justification} />] as const]),
            ]}
          />
          <p className="flex flex-wrap gap-4 text-sm">
            <Link href={adminPaths.request(grant.request_id)} className="text-accent underline">
              The request
            </Link>
            {auditor && (
              <Link href={`${adminPaths.audit}?grant_id=${grant.grant_id}`} className="text-accent underline">
                Everything the log says about it
              </Link>
            )}
          </p>
        </Panel>
      </div>
      <Panel title="What ran with it">
        <GrantCalls calls={detail.calls} more={detail.more_calls} />
      </Panel>
      {revoking && <RevokeDialog what={{ grants: [grant] }} onClose={() => setRevoking(false)} />}
    </>
  );
}
