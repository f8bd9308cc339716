import { useRef, useState, type SubmitEvent } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { useOnScreen } from '../../lib/use-on-screen.ts';
import { userStatusQuery } from '../../lib/user-status-query.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScopeServerLines } from '../../ui/scope-server-line.tsx';
import { requestQuery } from '../queries.ts';
import { chosenRisk, scopeRisk } from './chosen-risk.ts';
import { CommandStages } from './command-stages.tsx';
import { DecisionButtons } from './decision-buttons.tsx';
import { decisionNews } from './decision-news.ts';
import { DurationField } from './duration-field.tsx';
import { DenyPresets } from './deny-presets.tsx';
import { RequestHeadline } from './request-headline.tsx';
import { RiskBadge } from './risk-badge.tsx';
import { ScopeChoice } from './scope-choice.tsx';
import { ThroughClient } from './through-client.tsx';
import type { Verdict } from './recorded-decisions.ts';
import { useDecide } from './use-decide.ts';
import { useSubmitChord } from './use-submit-chord.ts';
import { WordsField } from './words-field.tsx';

/**
 * The last step before a decision: what is decided once more, in full, and the words that go with it. It is pinned to
 * its request; focus never starts on what commits. What is of high or critical risk can be approved only when its
 * arguments have been on the screen to their end.
 */
export function DecisionDialog(props: {
  request: ScopeRequestView;
  verdict: Verdict;
  onClose: () => void;
  /** After a decision was taken or recorded. */
  onDecided: () => void;
}) {
  const { request, verdict } = props;
  const [words, setWords] = useState('');
  const [seconds, setSeconds] = useState(request.grant_seconds);
  const [scopes, setScopes] = useState<readonly string[]>(request.scopes);
  const [endOfArguments, argumentsSeen] = useOnScreen();
  const form = useRef<HTMLFormElement>(null);
  const sent = useRef(false);
  const decide = useDecide(request, verdict, () => {
    props.onClose();
    props.onDecided();
  });
  useSubmitChord(form);
  const denies = verdict === 'deny';
  const careful = !denies && request.decided_alone;
  const { data: viewer } = useQuery(userStatusQuery);
  const { data: facts } = useQuery(requestQuery(request.request_id));
  const risk = denies ? request.risk : chosenRisk(facts, scopes, request);
  const { isPending: pending, error } = decide;
  const news = decisionNews(request, { verdict, pending, error, viewer: viewer?.email });
  const unread = careful && !argumentsSeen;
  const ready =
    request.status === 'pending' &&
    !pending &&
    !unread &&
    (denies ? words.trim() !== '' : scopes.length > 0) &&
    !isTooLong(words);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // A double click comes before the button is drawn as disabled.
    if (!ready || sent.current) return;
    sent.current = true;
    decide.mutate({ words: words.trim(), seconds, scopes }, { onError: () => (sent.current = false) });
  };
  return (
    <Modal title={denies ? 'Deny this request?' : 'Approve this request?'} onClose={props.onClose}>
      <form ref={form} onSubmit={submit} className="grid gap-4">
        <div className="grid gap-2">
          <p>
            <RequestHeadline request={request} />
          </p>
          <ThroughClient request={request} />
          <ScopeServerLines servers={request.servers} />
          <div>
            <RiskBadge risk={risk} />
          </div>
        </div>
        <div>
          {request.tool_name !== null && <ArgumentsView values={request.tool_args} full />}
          {request.tool_name === 'execute_command' && <CommandStages requestId={request.request_id} />}
          <span ref={endOfArguments} aria-hidden className="block h-px" />
        </div>
        {!denies && (risk === 'critical' || risk === 'high') && (
          <Notice tone={risk === 'critical' ? 'bad' : 'wait'}>
            This is {risk === 'critical' ? 'a critical' : 'a high-risk'} permission. It may be used for other calls than
            this one until the grant ends.
          </Notice>
        )}
        {!denies && (
          <ScopeChoice
            request={request}
            chosen={scopes}
            riskOf={(scope) => scopeRisk(facts, scope)}
            onChange={setScopes}
          />
        )}
        {denies ? (
          <DenyPresets onChoose={setWords} />
        ) : (
          // Nothing to choose where policy does not know the scopes any more: the server says what is wrong.
          request.max_grant_seconds > 0 && <DurationField request={request} value={seconds} onChange={setSeconds} />
        )}
        <WordsField verdict={verdict} focused={!careful} value={words} onChange={setWords} />
        {news !== undefined && (
          <Notice tone={news.good ? 'good' : 'bad'} role="alert">
            {news.text}
          </Notice>
        )}
        <DecisionButtons
          verdict={verdict}
          label={denies ? 'Deny' : approveLabel(scopes.length, request.scopes.length)}
          ready={ready}
          sending={pending}
          why={
            unread ? 'Read the arguments first' : !denies && scopes.length === 0 ? 'Choose what to approve' : undefined
          }
          onBack={props.onClose}
        />
      </form>
    </Modal>
  );
}

/** An approval of less than was asked says so on its button. */
function approveLabel(chosen: number, asked: number): string {
  return chosen === asked || chosen === 0 ? 'Approve' : `Approve ${chosen} of ${asked}`;
}
