import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { Badge } from '../../ui/badge.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { FreezeBanner } from '../../ui/freeze-banner.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ScopeNames } from '../../ui/scope-names.tsx';
import { AskedScope } from '../asked-scope.tsx';
import { ClientPanel } from './client-panel.tsx';
import { ReasonPanel } from './reason-panel.tsx';
import { StepUpOutcome } from './step-up-outcome.tsx';
import { headingOf, isPartly } from './headings.ts';
import { WaitPanel } from './wait-panel.tsx';

/** What is asked, by whom, who decides and how it stands; what the person can do about it. */
export function WaitingView({ stepUp }: { stepUp: StepUpView }) {
  const { client, scopes, status } = stepUp;
  const waits = status === 'waiting' || status === 'unasked';
  const partly = isPartly(stepUp);
  const heading = headingOf(stepUp);
  useDocumentTitle(`${heading} · Countersign`);
  const missing = scopes.filter(({ held }) => !held || !waits);
  return (
    <>
      <FreezeBanner freeze={stepUp.freeze} />
      <div className="grid gap-2">
        <h1 className="text-2xl font-semibold tracking-tight text-balance">{heading}</h1>
        <p className="wrap-anywhere">
          <strong className="font-semibold">
            <ClientName client={client} />
          </strong>{' '}
          {waits ? 'asks' : 'asked'} in your name for <ScopeNames scopes={missing.map(({ scope }) => scope)} />.
        </p>
      </div>
      {waits ? <WaitPanel stepUp={stepUp} /> : <StepUpOutcome stepUp={stepUp} />}
      {waits && <ReasonPanel stepUp={stepUp} />}
      <Panel title={waits ? 'What it would be allowed' : 'What was asked'}>
        {scopes.map(({ scope, description, risk, server, held }) => (
          <AskedScope key={scope} scope={scope} description={description} risk={risk} server={server}>
            {held ? <Badge tone="good">granted</Badge> : partly && <Badge tone="bad">not granted</Badge>}
          </AskedScope>
        ))}
      </Panel>
      <ClientPanel stepUp={stepUp} />
    </>
  );
}
