import { useId, useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { errorText } from '../../lib/api-error.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Button } from '../../ui/button.tsx';
import { fieldClass } from '../../ui/field.ts';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { DenyPresets } from './deny-presets.tsx';
import { endOfRequest } from './end-of-request.ts';
import { RequestHeadline } from './request-headline.tsx';
import { RiskBadge } from './risk-badge.tsx';
import type { Verdict } from './recorded-decisions.ts';
import { useDecide } from './use-decide.ts';

/**
 * The last step before a decision: what is decided once more, in full, and the words that go with it. It is pinned to
 * its request; focus starts in the text, so that Enter alone commits nothing.
 */
export function DecisionDialog(props: { request: ScopeRequestView; verdict: Verdict; onClose: () => void }) {
  const { request, verdict } = props;
  const [words, setWords] = useState('');
  const field = useId();
  const sent = useRef(false);
  const decide = useDecide(request, verdict, props.onClose);
  const denies = verdict === 'deny';
  const end = endOfRequest(request);
  const ready = end === undefined && !decide.isPending && (!denies || words.trim() !== '');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // A double click comes before the button is drawn as disabled.
    if (!ready || sent.current) return;
    sent.current = true;
    decide.mutate(words.trim(), { onError: () => (sent.current = false) });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.repeat) return;
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <Modal title={denies ? 'Deny this request?' : 'Approve this request?'} onClose={props.onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <div className="grid gap-2">
          <p>
            <RequestHeadline request={request} />
          </p>
          <div>
            <RiskBadge risk={request.risk} />
          </div>
        </div>
        {request.tool_name !== null && <ArgumentsView values={request.tool_args} />}
        {!denies && (request.risk === 'high' || request.risk === 'critical') && (
          <Notice tone={request.risk === 'critical' ? 'bad' : 'wait'}>
            This is {request.risk === 'critical' ? 'a critical' : 'a high-risk'} permission. The agent may use it for
            other calls than this one until the grant ends.
          </Notice>
        )}
        {denies && <DenyPresets onChoose={setWords} />}
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            {denies ? 'Reason' : 'Comment'}{' '}
            <span className="font-normal text-muted">
              {denies ? '(required; the requester reads it)' : '(optional; kept with the decision)'}
            </span>
          </label>
          <textarea
            id={field}
            data-initial-focus
            rows={3}
            maxLength={2_000}
            required={denies}
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={onKeyDown}
            className={fieldClass}
          />
        </div>
        {(decide.isError || end !== undefined) && (
          <Notice tone="bad" role="alert">
            {end === undefined ? errorText(decide.error) : `Too late: ${end}. Your decision changed nothing.`}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={props.onClose}>Back</Button>
          <Button type="submit" look={denies ? 'bad' : 'good'} disabled={!ready} aria-keyshortcuts="Control+Enter">
            {decide.isPending ? 'Sending…' : denies ? 'Deny' : 'Approve'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
