import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { Age } from '../../ui/age.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';

/** Who asks, what the scopes mean, and which rule sent it to an approver. */
export function RequestFacts({ detail }: { detail: RequestDetail }) {
  const { request, requester, scopes } = detail;
  return (
    <>
      <Panel title="Requester">
        <Facts
          rows={[
            ['Name', requester.name],
            ['E-mail', requester.email],
            ['Roles', requester.roles.length === 0 ? 'none' : requester.roles.join(', ')],
            ['Active grants', String(requester.active_grants)],
            ['Through', request.client_id],
            ['Asked', <Age key="age" since={request.created_at} />],
          ]}
        />
      </Panel>
      <Panel title={scopes.length === 1 ? 'Scope' : 'Scopes'}>
        {scopes.map((scope) => (
          <div key={scope.scope} className="grid gap-1 text-sm">
            <p>
              <ScopeName scope={scope.scope} />
            </p>
            <p>{scope.description}</p>
            <p className="text-muted">
              Risk: {scope.risk}. Approvers: {scope.approvers.length === 0 ? 'nobody' : scope.approvers.join(', ')}.
            </p>
          </div>
        ))}
      </Panel>
      <Panel title="Policy">
        <Facts
          rows={[
            ['Rule', request.rule ?? 'not evaluated yet'],
            ['Version', request.policy_version ?? 'not evaluated yet'],
            ['Security level', request.security_level ?? 'none'],
            [
              'Request',
              <code key="id" className="font-mono text-xs">
                {request.request_id}
              </code>,
            ],
          ]}
        />
      </Panel>
    </>
  );
}
