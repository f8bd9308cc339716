import { useRef, useState, type SubmitEvent } from 'react';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { DecisionButtons } from '../request/decision-buttons.tsx';
import { DenyPresets } from '../request/deny-presets.tsx';
import type { Verdict } from '../request/recorded-decisions.ts';
import { ScopeName } from '../../ui/scope-name.tsx';
import { useSubmitChord } from '../request/use-submit-chord.ts';
import { WordsField } from '../request/words-field.tsx';
import { ThroughClient } from '../request/through-client.tsx';
import { BatchResults } from './batch-results.tsx';
import { useDecideMany } from './use-decide-many.ts';

/**
 * The last step before a decision on several: every set of arguments is on screen, and the button says how many it
 * decides. What it was opened with is what it decides, whatever happens to the list behind it.
 */
export function BatchDialog(props: {
  requests: readonly ScopeRequestView[];
  verdict: Verdict;
  onDone: () => void;
  onClose: () => void;
}) {
  const { requests, verdict } = props;
  const [words, setWords] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const sent = useRef(false);
  useSubmitChord(form);
  const decide = useDecideMany(requests, verdict);
  const denies = verdict === 'deny';
  const act = denies ? 'Deny' : 'Approve';
  const count = requests.length;
  const [first] = requests;
  const ready = !decide.isPending && (!denies || words.trim() !== '') && !isTooLong(words);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!ready || sent.current) return;
    sent.current = true;
    decide.mutate(words.trim(), { onSuccess: props.onDone, onError: () => (sent.current = false) });
  };
  if (decide.data !== undefined) {
    return (
      <Modal key="results" title={`${act} ${count}: what became of them`} onClose={props.onClose}>
        <BatchResults
          requests={requests}
          results={decide.data.body.results}
          verdict={verdict}
          onClose={props.onClose}
        />
      </Modal>
    );
  }
  return (
    <Modal title={`${act} ${count} requests?`} onClose={props.onClose}>
      <form ref={form} onSubmit={submit} className="grid gap-4">
        <p className="text-sm">
          Each of them asks for{' '}
          {first?.scopes.map((scope) => (
            <ScopeName key={scope} scope={scope} />
          ))}
          {first?.tool_name !== null && (
            <>
              {' '}
              to call <code className="font-mono wrap-anywhere">{first?.tool_name}</code>
            </>
          )}
          , and each gets a decision of its own.
        </p>
        <ol aria-label="Every set of arguments" className="grid gap-3">
          {requests.map((request) => (
            <li key={request.request_id} className="grid gap-1 text-sm">
              <p className="wrap-anywhere text-muted">{request.subject_email}</p>
              <ThroughClient request={request} />
              <ArgumentsView values={request.tool_args} full />
            </li>
          ))}
        </ol>
        {denies && <DenyPresets onChoose={setWords} />}
        <WordsField verdict={verdict} focused value={words} onChange={setWords} />
        {decide.isError && (
          <Notice tone="bad" role="alert">
            {errorText(decide.error)}
          </Notice>
        )}
        <DecisionButtons
          verdict={verdict}
          label={`${act} ${count}`}
          ready={ready}
          sending={decide.isPending}
          onBack={props.onClose}
        />
      </form>
    </Modal>
  );
}
