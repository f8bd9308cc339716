import { queryOptions, type QueryKey } from '@tanstack/react-query';
import type { AgentInfo, ChatHistory, ChatSessionList } from '../../api/contract/chat.ts';
import type { LiveEvent } from '../../api/contract/events.ts';
import { isUnderWay } from './conversation/outbox.ts';
import { getJson } from '../lib/api-client.ts';
import { usualRefetchMs, userStatusKey } from '../lib/query-client.ts';

const sessionsKey = ['chat-sessions'] as const;
const historyKey = ['chat-history'] as const;
/** Everything of one's own access. */
export const accessKey = ['access'] as const;

/** One's own conversations, newest first. */
export const sessionsQuery = queryOptions({
  queryKey: sessionsKey,
  queryFn: ({ signal }) => getJson<ChatSessionList>('/api/chat-sessions', signal),
});

/** One conversation, with the state of each call and approval in it. */
export function historyQuery(sessionId: string) {
  return queryOptions({
    queryKey: [...historyKey, sessionId],
    queryFn: ({ signal }) =>
      getJson<ChatHistory>(`/api/chat-history?session_id=${encodeURIComponent(sessionId)}`, signal),
    // What a model says is stored as it says it, without an event for each word.
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnderWay(state.data.messages) ? 1_000 : usualRefetchMs(),
  });
}

/** Which model answers. */
export const agentQuery = queryOptions({
  queryKey: ['agent'],
  queryFn: ({ signal }) => getJson<AgentInfo>('/api/agent', signal),
  staleTime: 60_000,
});

/** What an event makes stale. Requests and grants show inside conversations, which their ids do not name. */
export function affectedByEvent(event: LiveEvent): readonly QueryKey[] {
  switch (event.kind) {
    case 'chat_session':
      return [[...historyKey, event.id], sessionsKey];
    case 'request':
      return [historyKey, sessionsKey, accessKey];
    case 'grant':
      return [historyKey, userStatusKey, accessKey];
    case 'freeze':
      return [userStatusKey, historyKey, accessKey];
    case 'policy':
      return [userStatusKey, accessKey];
    case 'client':
      return [userStatusKey, accessKey];
    case 'sign_out':
    case 'person':
      return [userStatusKey];
  }
}
