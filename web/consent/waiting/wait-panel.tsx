import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Hourglass } from 'lucide-react';
import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { postJson } from '../../lib/api-client.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { WhyAsked } from '../why-asked.tsx';
import { isAllOwn } from './headings.ts';
import { stepUpPath, stepUpQuery } from './waiting-query.ts';
import { WayBackNotice } from './way-back-notice.tsx';
import { whoDecides } from './who-decides.ts';

/** How it waits: for whom, how long, and what one can do meanwhile. */
export function WaitPanel({ stepUp }: { stepUp: StepUpView }) {
  const [withdrawing, setWithdrawing] = useState(false);
  const queries = useQueryClient();
  const open = stepUp.requests.filter(({ status }) => status === 'pending');
  const expiry = open.flatMap(({ expires_at: at }) => (at === null ? [] : [at])).sort()[0];
  const own = open.find(({ consent_url: url }) => url !== null);
  const consentUrl = own?.consent_url ?? null;
  return (
    <Panel title={stepUp.status === 'unasked' ? 'Nothing has been sent yet' : 'Who decides'}>
      <p className="flex items-start gap-2 text-sm" role="status">
        <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0 text-wait" />
        <span className="wrap-anywhere">{whoDecides(stepUp)}</span>
      </p>
      {own !== undefined && <WhyAsked request={own} />}
      {open.some(({ deciding }) => deciding) && (
        <Notice tone="wait" role="status">
          A decision has been made and takes effect in a moment.
        </Notice>
      )}
      {expiry !== undefined && (
        <p className="text-sm text-muted">
          <Countdown until={expiry} label="Time left to decide" />. Unanswered it expires, and nothing is granted.
        </p>
      )}
      <p className="text-sm text-muted">
        {stepUp.status === 'unasked' ? (
          'Say why below, and it is sent. Until then nobody is asked.'
        ) : (
          <>
            This page goes on by itself. You can close it: the request stands, and you find it again under{' '}
            <a href={stepUp.access_url} className="underline">
              your access
            </a>
            .
          </>
        )}
      </p>
      <WayBackNotice stepUp={stepUp} />
      <div className="flex flex-wrap gap-3">
        {consentUrl !== null && (
          <a href={consentUrl} className={buttonClass('primary')}>
            {isAllOwn(stepUp) ? 'Confirm' : 'Decide your part'}
          </a>
        )}
        <Button look="bad" onClick={() => setWithdrawing(true)}>
          Withdraw…
        </Button>
      </div>
      {withdrawing && (
        <ConfirmDialog
          title="Withdraw what it asks for?"
          action="Withdraw it"
          pending="Withdrawing…"
          onConfirm={async () => {
            const { body } = await postJson<StepUpView>(stepUpPath(stepUp.id, '/cancel'));
            queries.setQueryData(stepUpQuery(stepUp.id).queryKey, body);
          }}
          onClose={() => setWithdrawing(false)}
        >
          <p>
            Nobody is asked any more, and “{stepUp.client.name}” is told that you withdrew it. It can ask again later.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
