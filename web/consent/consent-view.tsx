import type { Consent } from '../../api/contract/consents.ts';
import { formatDuration } from '../lib/format-duration.ts';
import { ArgumentsView } from '../ui/arguments-view.tsx';
import { clientLabel } from '../ui/client-label.ts';
import { Facts } from '../ui/facts.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { ScopeNames } from '../ui/scope-names.tsx';
import { VisibleText } from '../ui/visible-text.tsx';
import { AskedScope } from './asked-scope.tsx';
import { ConsentDecision } from './consent-decision.tsx';
import { ConsentOutcome } from './consent-outcome.tsx';
import { WhyAsked } from './why-asked.tsx';

/** What is asked in full, and the decision; once it has ended, how. */
export function ConsentView({ consent }: { consent: Consent }) {
  const { request, client, scopes } = consent;
  const ended = request.status !== 'pending';
  const name = clientLabel(client);
  return (
    <>
      <div className="grid gap-2">
        <h1 className="text-2xl font-semibold tracking-tight">
          {ended ? 'Your consent' : `Do you allow ${name} to do this?`}
        </h1>
        <p className="wrap-anywhere">
          <strong className="font-semibold">{name}</strong> asks in your name for <ScopeNames scopes={request.scopes} />
          {request.tool_name !== null && (
            <>
              {' '}
              to call <code className="font-mono">{request.tool_name}</code>
            </>
          )}
          . {!ended && 'Nobody else decides this: it is up to you.'}
        </p>
      </div>
      {!ended && !client.verified && (
        <Notice tone="wait">
          Nobody has verified this client: any app can call itself anything. Refuse unless you have just started this
          there yourself.
        </Notice>
      )}
      {!ended && <WhyAsked request={request} />}
      {ended && <ConsentOutcome consent={consent} />}
      {request.tool_name !== null && (
        <Panel title={`Arguments of ${request.tool_name}`}>
          <ArgumentsView values={request.tool_args} />
        </Panel>
      )}
      <Panel title={ended ? 'What was asked' : 'What you would allow'}>
        {scopes.map((asked) => (
          <AskedScope key={asked.scope} {...asked} />
        ))}
        <Facts
          rows={[
            ['Why', <Why key="why" text={request.justification} />],
            [
              'How long',
              `${formatDuration(request.grant_seconds)} unless you choose otherwise, or hand it back earlier`,
            ],
            ['Used for', 'more than this one call, while it lasts'],
            ['Through', client.client_id],
            ...(client.verified || !ended
              ? []
              : [['Its name', 'is what it calls itself; nobody has verified who it is'] as const]),
          ]}
        />
      </Panel>
      {!ended && <ConsentDecision consent={consent} />}
    </>
  );
}

function Why({ text }: { text: string | null }) {
  if (text === null || text === '') return <span className="text-muted">no reason was given</span>;
  return (
    <span className="whitespace-pre-wrap">
      <VisibleText text={text} />
    </span>
  );
}
