import { useId, useState, type SubmitEvent } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AccessScope } from '../../../api/contract/access.ts';
import type { UpgradeScopeResponse } from '../../../api/contract/scope-requests.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { fieldClass } from '../../ui/field.ts';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { WordsArea } from '../../ui/words-area.tsx';
import { accessKey } from '../queries.ts';
import { durationChoices, durationText } from './labels.ts';
import { scopesQuery } from './queries.ts';

/** Asking for a scope before the agent runs into its lack. Nothing to ask for, nothing to see. */
export function AskAhead({ onAsked }: { onAsked: () => void }) {
  const scopes = useQuery(scopesQuery).data?.scopes ?? [];
  // What policy gives at once is seldom worth asking for: last.
  const askable = scopes.filter(isAskable).sort((one, other) => Number(isAtOnce(one)) - Number(isAtOnce(other)));
  if (askable.length === 0) return null;
  return (
    <Panel title="Ask ahead of need">
      <AskForm askable={askable} onAsked={onAsked} />
    </Panel>
  );
}

const isAtOnce = ({ standing }: AccessScope): boolean => standing === 'at_once';

/** What another person or policy gives, and is not asked for already. */
function isAskable({ standing, pending_request_id, conversation_only }: AccessScope): boolean {
  return (standing === 'by_asking' || standing === 'at_once') && pending_request_id === null && !conversation_only;
}

function AskForm({ askable, onAsked }: { askable: readonly AccessScope[]; onAsked: () => void }) {
  const id = useId();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState('');
  const [seconds, setSeconds] = useState('');
  const [justification, setJustification] = useState('');
  const scope = askable.find((one) => one.scope === chosen) ?? askable[0];
  const ask = useMutation({
    mutationFn: () =>
      postJson<UpgradeScopeResponse>('/api/access/requests', {
        scopes: [scope?.scope ?? ''],
        ...(justification.trim() === '' ? {} : { justification: justification.trim() }),
        ...(seconds === '' ? {} : { duration_seconds: Number(seconds) }),
      }),
    onSuccess: ({ body }) => {
      setJustification('');
      if (body.status === 'pending_admin_approval') onAsked();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: accessKey }),
  });
  if (scope === undefined) return null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!ask.isPending && !isTooLong(justification)) ask.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="grid content-start gap-1">
          <label htmlFor={`${id}-scope`} className="text-sm font-medium">
            What you need
          </label>
          <select
            id={`${id}-scope`}
            value={scope.scope}
            onChange={(event) => {
              setChosen(event.target.value);
              setSeconds('');
            }}
            aria-describedby={`${id}-about`}
            className={fieldClass}
          >
            {askable.map((one) => (
              <option key={one.scope} value={one.scope}>
                {one.scope}
              </option>
            ))}
          </select>
          <p id={`${id}-about`} className="text-xs text-muted">
            {scope.description}.{' '}
            {isAtOnce(scope) ? 'Policy gives it to you at once.' : `Decided by: ${scope.approvers.join(', ')}.`}
          </p>
        </div>
        <div className="grid content-start gap-1">
          <label htmlFor={`${id}-duration`} className="text-sm font-medium">
            For how long
          </label>
          <select
            id={`${id}-duration`}
            value={seconds}
            onChange={(event) => setSeconds(event.target.value)}
            className={fieldClass}
          >
            <option value="">As policy has it: {durationText(scope.grant_seconds)}</option>
            {durationChoices(scope.grant_seconds, scope.max_grant_seconds).map((choice) => (
              <option key={choice} value={choice}>
                {durationText(choice)}
              </option>
            ))}
          </select>
        </div>
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-why`} className="text-sm font-medium">
          Why{' '}
          <span className="font-normal text-muted">{scope.justification_required ? '(required)' : '(optional)'}</span>
        </label>
        <WordsArea
          id={`${id}-why`}
          required={scope.justification_required}
          value={justification}
          onChange={setJustification}
        />
      </div>
      {ask.isError && (
        <Notice tone="bad" role="alert">
          {errorText(ask.error)}
        </Notice>
      )}
      {ask.data !== undefined && <Answer answer={ask.data.body} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={ask.isPending || isTooLong(justification)}>
          {ask.isPending ? 'Asking…' : 'Ask'}
        </Button>
      </div>
    </form>
  );
}

function Answer({ answer }: { answer: UpgradeScopeResponse }) {
  switch (answer.status) {
    case 'approved':
      return (
        <Notice tone="good" role="status">
          {answer.message}
        </Notice>
      );
    case 'pending_admin_approval':
      return (
        <Notice tone="wait" role="status">
          Asked. You can close this tab; the decision will be here.
        </Notice>
      );
    case 'pending_user_approval':
      return (
        <Notice tone="wait" role="status">
          This is yours to allow.{' '}
          <a href={answer.consent_url} target="_blank" rel="noopener" className="underline">
            Decide on the consent page<span className="sr-only"> (opens in a new tab)</span>
          </a>
        </Notice>
      );
    case 'denied':
      return (
        <Notice tone="bad" role="status">
          {answer.reason}
        </Notice>
      );
  }
}
