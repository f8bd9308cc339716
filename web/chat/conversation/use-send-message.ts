import { useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { ChatMessageView, ChatReply } from '../../../api/contract/chat.ts';
import { postJson } from '../../lib/api-client.ts';
import { chatPaths } from '../paths.ts';
import { historyQuery, sessionsQuery } from '../queries.ts';
import { hasArrived, outgoingMessage, type OutgoingMessage } from './outbox.ts';

/** Sends messages one at a time; `outgoing` is the one on its way, or the one that could not be sent. */
export function useSendMessage(sessionId: string | undefined, history: readonly ChatMessageView[]) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [outgoing, setOutgoing] = useState<OutgoingMessage>();
  const post = useMutation({
    mutationFn: async (message: string) => {
      const body = { message, ...(sessionId === undefined ? {} : { session_id: sessionId }) };
      return (await postJson<ChatReply>('/chat', body)).body;
    },
    onSuccess: async (reply) => {
      // The conversation is fetched before it is shown, so that nothing flickers.
      await queries.fetchQuery({ ...historyQuery(reply.session_id), staleTime: 0 }).catch(() => undefined);
      setOutgoing(undefined);
      // Somebody who went to another conversation meanwhile stays there.
      if (sessionId === undefined && location.pathname === chatPaths.newConversation) {
        navigate(chatPaths.conversation(reply.session_id));
      }
    },
    onError: () => (sessionId === undefined ? undefined : queries.invalidateQueries(historyQuery(sessionId))),
    onSettled: () => queries.invalidateQueries(sessionsQuery),
  });
  const send = (text: string): void => {
    if (post.isPending) return;
    setOutgoing(outgoingMessage(text, history));
    post.mutate(text);
  };
  const discard = (): void => {
    setOutgoing(undefined);
    post.reset();
  };
  const visible = outgoing !== undefined && !hasArrived(outgoing, history) ? outgoing : undefined;
  return { send, discard, outgoing: visible, sending: post.isPending, error: post.error };
}
