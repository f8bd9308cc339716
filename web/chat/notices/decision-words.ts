import type { ChatSessionList } from '../../../api/contract/chat.ts';
import type { RequestStatusResponse } from '../../../api/contract/scope-requests.ts';

/** What to tell somebody who is not looking about a request of theirs; undefined for what is no news to them. Pure. */
export function decisionWords(request: RequestStatusResponse): { title: string; body: string } | undefined {
  switch (request.status) {
    case 'approved':
      // Granted at once, without anybody having been asked.
      if (request.approved_by === null || request.approved_by === 'policy') return undefined;
      return { title: 'Approved', body: `${request.approved_by} approved your request. The agent carries on.` };
    case 'denied':
      if (request.denied_by === null || request.denied_by === 'policy')
        return { title: 'Not allowed', body: 'The policy does not allow what you asked for. Nothing was run.' };
      return { title: 'Denied', body: `${request.denied_by} denied your request. Open the chat to read why.` };
    case 'expired':
      return {
        title: 'Nobody answered in time',
        body: 'Your request ran out. This is not a refusal: you can ask again.',
      };
    case 'pending':
    case 'cancelled':
      return undefined;
  }
}

/** Which request is waited for in which conversation. Pure. */
export function openRequests({ sessions }: ChatSessionList): ReadonlyMap<string, string> {
  return new Map(sessions.flatMap(({ session_id, open_requests }) => open_requests.map((id) => [id, session_id])));
}
