import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Stopped } from '../../../api/contract/conversations.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { showToast } from '../../ui/toast-store.ts';
import { historyQuery } from '../queries.ts';

/** Stops what a conversation is doing. Undefined for one that has no id yet. */
export function useStop(sessionId: string | undefined) {
  const queries = useQueryClient();
  const stop = useMutation({
    mutationFn: async (id: string) =>
      (await postJson<Stopped>(`/api/chat-sessions/${encodeURIComponent(id)}/stop`)).body,
    onSuccess: ({ stopped_messages: stopped, running_calls: running }) => {
      if (running.length > 0)
        showToast('wait', 'Stopped. The call that runs already is not undone; what comes of it appears on its card.');
      else if (stopped.length === 0) showToast('neutral', 'There was nothing left to stop.');
    },
    onError: (error) => showToast('bad', `It could not be stopped. ${errorText(error)}`),
    onSettled: (_data, _error, id) => queries.invalidateQueries(historyQuery(id)),
  });
  return {
    available: sessionId !== undefined,
    stopping: stop.isPending,
    run: () => sessionId !== undefined && stop.mutate(sessionId),
  };
}
