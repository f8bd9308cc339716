import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { ChatMessageView } from '../../../api/contract/chat.ts';
import type { TurnEvent } from '../../../api/contract/chat-stream.ts';
import { ApiError, toApiError } from '../../lib/api-error.ts';
import { postStream } from '../../lib/post-stream.ts';
import { userStatusKey } from '../../lib/query-client.ts';
import { chatPaths } from '../paths.ts';
import { historyQuery, sessionsQuery } from '../queries.ts';
import { applyTurnEvent, newConversation, setTurn, turnOf, useTurn, type LiveTurn } from './turn-store.ts';

/** Sends messages one at a time; `turn` is the one under way, or the one that could not be sent or followed. */
export function useSendMessage(sessionId: string | undefined, history: readonly ChatMessageView[]) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const key = sessionId ?? newConversation;
  const turn = useTurn(key);
  const send = (text: string): void => {
    if (turnOf(key)?.state === 'under_way') return;
    const knownIds = new Set(history.map(({ message_id }) => message_id));
    void followTurn(queries, key, { asked: text, knownIds }, (begun) => {
      // Somebody who went to another conversation meanwhile stays there.
      if (location.pathname === chatPaths.newConversation) navigate(chatPaths.conversation(begun));
    });
  };
  return { send, turn, discard: () => setTurn(key, undefined) };
}

/** Sends a message and follows its turn to the end. What goes wrong stands in the turn. */
async function followTurn(
  queries: QueryClient,
  startedAs: string,
  { asked, knownIds }: { asked: string; knownIds: ReadonlySet<string> },
  onBegun: (sessionId: string) => void,
): Promise<void> {
  let key = startedAs;
  let turn: LiveTurn = {
    asked,
    knownIds,
    sessionId: startedAs === newConversation ? undefined : startedAs,
    replyId: undefined,
    text: '',
    state: 'under_way',
    error: null,
  };
  let ended = false;
  setTurn(key, turn);
  const refresh = (): Promise<unknown> =>
    turn.sessionId === undefined
      ? Promise.resolve()
      : queries.fetchQuery({ ...historyQuery(turn.sessionId), staleTime: 0 }).catch(() => undefined);
  const onEvent = (event: TurnEvent): void => {
    turn = applyTurnEvent(turn, event);
    if (event.type === 'turn' && key !== event.session_id) {
      // The conversation has a place of its own now; the page goes there.
      setTurn(event.session_id, turn);
      onBegun(event.session_id);
      setTurn(key, undefined);
      key = event.session_id;
      void queries.invalidateQueries(sessionsQuery);
    }
    if (event.type === 'reply') ended = true;
    if (event.type === 'problem') throw toApiError(event.problem.status, event.problem);
    setTurn(key, turn);
  };
  try {
    const body = { message: asked, ...(turn.sessionId === undefined ? {} : { session_id: turn.sessionId }) };
    await postStream('/chat', body, (data) => onEvent(data as TurnEvent));
    // Ended without an end: the history has the rest, now or in a moment.
    if (!ended) throw new ApiError('offline', 0, 'The connection broke while the agent was answering.');
    // The conversation is fetched before it is shown, so that nothing flickers.
    await refresh();
    setTurn(key, undefined);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) void queries.invalidateQueries({ queryKey: userStatusKey });
    setTurn(key, { ...turn, state: 'failed', error });
    await refresh();
  } finally {
    void queries.invalidateQueries(sessionsQuery);
  }
}
