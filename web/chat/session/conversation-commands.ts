import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { postJson, postWithoutAnswer } from '../../lib/api-client.ts';
import { historyQuery, sessionsQuery } from '../queries.ts';

const pathOf = (sessionId: string, what: string): string =>
  `/api/chat-sessions/${encodeURIComponent(sessionId)}/${what}`;

/** Gives a conversation another name. */
export function useRename(sessionId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (title: string) => postJson(pathOf(sessionId, 'rename'), { title }),
    onSuccess: () =>
      Promise.all([queries.invalidateQueries(sessionsQuery), queries.invalidateQueries(historyQuery(sessionId))]),
  });
}

const deletingKey = (sessionId: string | undefined) => ['delete-conversation', sessionId];

/** Whether the conversation is being deleted: asking for what is said in it would end in a 404. */
export function useIsBeingDeleted(sessionId: string | undefined): boolean {
  return useIsMutating({ mutationKey: deletingKey(sessionId) }) > 0;
}

/**
 * Deletes a conversation for good.
 *
 * @param onDeleted runs even when the list has already lost the conversation, and whoever asked with it: a live event
 *   can be faster than the answer.
 */
export function useDelete(sessionId: string, onDeleted: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: deletingKey(sessionId),
    onMutate: () => queries.cancelQueries({ queryKey: historyQuery(sessionId).queryKey }),
    mutationFn: () => postWithoutAnswer(pathOf(sessionId, 'delete')),
    onSuccess: () => {
      onDeleted();
      queries.removeQueries({ queryKey: historyQuery(sessionId).queryKey });
      return queries.invalidateQueries(sessionsQuery);
    },
  });
}
