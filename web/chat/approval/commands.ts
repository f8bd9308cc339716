import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ChatReply } from '../../../api/contract/chat.ts';
import type { RequestStatusResponse, UpgradeScopeResponse } from '../../../api/contract/scope-requests.ts';
import { getJson, postJson } from '../../lib/api-client.ts';
import { ApiError } from '../../lib/api-error.ts';
import { historyQuery, sessionsQuery } from '../queries.ts';
import type { MessageTarget } from './message-target.ts';

/** After any of these, succeeded or not, the server's word on the conversation is fetched again. */
function useRefresh(sessionId: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([queries.invalidateQueries(historyQuery(sessionId)), queries.invalidateQueries(sessionsQuery)]);
}

/** Asks somebody to approve the parked call of a message; also asks again after a refusal or an expiry. */
export function useRequestApproval(target: MessageTarget) {
  const onSettled = useRefresh(target.sessionId);
  return useMutation({
    mutationFn: async ({ justification, seconds }: { justification: string; seconds?: number | undefined }) =>
      (
        await postJson<UpgradeScopeResponse>('/request-approval', {
          session_id: target.sessionId,
          message_id: target.messageId,
          ...(justification === '' ? {} : { justification }),
          ...(seconds === undefined ? {} : { duration_seconds: seconds }),
        })
      ).body,
    onSettled,
  });
}

/** Whether the policy turned a request away because it wants a reason. */
export function wantsJustification(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'justification_required';
}

/** Fetches how a request stands now. */
export function useCheckApproval(target: MessageTarget, requestId: string) {
  const onSettled = useRefresh(target.sessionId);
  return useMutation({
    mutationFn: () => getJson<RequestStatusResponse>(`/check-approval/${encodeURIComponent(requestId)}`),
    onSettled,
  });
}

/** Withdraws one's own request. */
export function useCancelApproval(target: MessageTarget, requestId: string) {
  const onSettled = useRefresh(target.sessionId);
  return useMutation({
    mutationFn: () => postJson('/cancel-approval', { session_id: target.sessionId, approval_request_id: requestId }),
    onSettled,
  });
}

/** Lets the agent try a message again; harmless when the work has gone on by itself. */
export function useRetryMessage(target: MessageTarget) {
  const onSettled = useRefresh(target.sessionId);
  return useMutation({
    mutationFn: () =>
      postJson<ChatReply>('/retry-message', { session_id: target.sessionId, message_id: target.messageId }),
    onSettled,
  });
}
