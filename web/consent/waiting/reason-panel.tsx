import { useId, useState, type SubmitEvent } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { WordsArea } from '../../ui/words-area.tsx';
import { stepUpPath, stepUpQuery } from './waiting-query.ts';

/** Why it is needed: before anything is sent where policy wants that, else once while nobody has decided. */
export function ReasonPanel({ stepUp }: { stepUp: StepUpView }) {
  const given = stepUp.requests.find(({ justification }) => justification !== null)?.justification ?? null;
  if (stepUp.justification === 'closed' && given === null) return null;
  return (
    <Panel title={stepUp.justification === 'needed' ? 'Why you need it' : 'Your reason'}>
      {given !== null && (
        <p className="text-sm wrap-anywhere whitespace-pre-wrap">
          <VisibleText text={given} />
        </p>
      )}
      {stepUp.justification !== 'closed' && <ReasonForm stepUp={stepUp} />}
    </Panel>
  );
}

function ReasonForm({ stepUp }: { stepUp: StepUpView }) {
  const [reason, setReason] = useState('');
  const field = useId();
  const queries = useQueryClient();
  const { queryKey } = stepUpQuery(stepUp.id);
  const send = useMutation({
    mutationFn: () => postJson<StepUpView>(stepUpPath(stepUp.id, '/justification'), { justification: reason.trim() }),
    onSuccess: ({ body }) => queries.setQueryData(queryKey, body),
    onError: () => queries.invalidateQueries({ queryKey }),
  });
  const needed = stepUp.justification === 'needed';
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!send.isPending && reason.trim() !== '' && !isTooLong(reason)) send.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <div className="grid gap-1">
        <label htmlFor={field} className="text-sm font-medium">
          {needed ? 'The policy asks for a reason; who decides reads it' : 'Add why you need it; who decides reads it'}
        </label>
        <WordsArea id={field} rows={3} required={needed} value={reason} onChange={setReason} />
      </div>
      {send.isError && (
        <Notice tone="bad" role="alert">
          {errorText(send.error)}
        </Notice>
      )}
      <p>
        <Button type="submit" look={needed ? 'primary' : 'plain'} disabled={send.isPending || reason.trim() === ''}>
          {needed ? (send.isPending ? 'Asking…' : 'Ask for approval') : send.isPending ? 'Adding…' : 'Add the reason'}
        </Button>
      </p>
    </form>
  );
}
