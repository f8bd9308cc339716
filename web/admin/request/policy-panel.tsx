import type { RequestDetail } from '../../../api/contract/scope-requests.ts';
import { Facts } from '../../ui/facts.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { ScopeServerLine } from '../../ui/scope-server-line.tsx';
import { whyHere } from './why-here.ts';

/** What the scopes mean, and why policy sent the request here: the rule in words, and the version that has it. */
export function PolicyPanel({ detail }: { detail: RequestDetail }) {
  const { request, scopes, policy } = detail;
  const reasons = whyHere(detail);
  const liveSince = policy?.activated_at ?? undefined;
  return (
    <Panel title="Why it is here">
      {scopes.map((scope) => (
        <div key={scope.scope} className="grid gap-1">
          <p className="text-sm">
            <ScopeName scope={scope.scope} /> {scope.description}. Risk: {scope.risk}.
          </p>
          <ScopeServerLine server={scope.server} />
        </div>
      ))}
      {reasons.length === 0 ? (
        <p className="text-sm text-muted">Policy has not looked at it yet.</p>
      ) : (
        reasons.map((reason) => (
          <p key={reason} className="text-sm wrap-anywhere">
            {reason}
          </p>
        ))
      )}
      {policy !== null && !policy.live && (
        <Notice tone="wait">
          Another policy version is live by now. The request keeps the way it was sent, but a decision counts only if
          the live one allows it.
        </Notice>
      )}
      <Facts
        rows={[
          ['Rule', <Code key="rule" text={request.rule ?? 'none yet'} />],
          ...(policy === null ? [] : ([['Version', <Code key="version" text={policy.version} />]] as const)),
          ...(liveSince === undefined ? [] : ([['Live since', <Moment key="since" at={liveSince} />]] as const)),
          ['Security level', request.security_level ?? 'none'],
          ['Request', <Code key="id" text={request.request_id} />],
          ['Digest', <Code key="digest" text={detail.digest} />],
        ]}
      />
    </Panel>
  );
}

function Code({ text }: { text: string }) {
  return <code className="font-mono text-xs wrap-anywhere">{text}</code>;
}
