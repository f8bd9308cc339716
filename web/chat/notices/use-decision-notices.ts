import { useEffect, useRef } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RequestStatusResponse } from '../../../api/contract/scope-requests.ts';
import { getJson } from '../../lib/api-client.ts';
import { chatPaths } from '../paths.ts';
import { sessionsQuery } from '../queries.ts';
import { decisionWords, openRequests } from './decision-words.ts';
import { mayNotify } from './notice-permission.ts';
import { addUnseen, clearUnseen } from './unseen-decisions.ts';

/**
 * Tells of decisions that come while the tab is hidden: in its title, and by the browser where the person allowed that.
 * What was waited for is known from the list of conversations; what is no longer waited for has been decided.
 */
export function useDecisionNotices(open: (path: string) => void): void {
  const queries = useQueryClient();
  const list = useQuery(sessionsQuery).data;
  const waited = useRef<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const onVisible = (): void => {
      if (!document.hidden) clearUnseen();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => document.removeEventListener('visibilitychange', onVisible);
  }, []);
  useEffect(() => {
    if (list === undefined) return;
    const before = waited.current;
    waited.current = openRequests(list);
    if (!document.hidden) return;
    for (const [requestId, sessionId] of before) {
      if (waited.current.has(requestId)) continue;
      void tell(requestId, () => open(chatPaths.conversation(sessionId)));
    }
  }, [list, open, queries]);
}

async function tell(requestId: string, onClick: () => void): Promise<void> {
  const request = await getJson<RequestStatusResponse>(`/check-approval/${encodeURIComponent(requestId)}`).catch(
    () => undefined,
  );
  const words = request === undefined ? undefined : decisionWords(request);
  if (words === undefined || !document.hidden || !addUnseen(requestId) || !mayNotify()) return;
  // The same tag in every tab: the browser shows one notice, not ten.
  const notice = new Notification(words.title, { body: words.body, tag: requestId });
  notice.onclick = () => {
    window.focus();
    onClick();
    notice.close();
  };
}
