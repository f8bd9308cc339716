import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BatchDecision } from '../../../api/contract/batch-decisions.ts';
import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { postJson } from '../../lib/api-client.ts';
import { affectedByDecision } from '../queries.ts';
import { rememberRecorded, type Verdict } from '../request/recorded-decisions.ts';

/** Sends one verdict on several requests. `words` is the comment of approvals or the reason of denials. */
export function useDecideMany(requests: readonly ScopeRequestView[], verdict: Verdict) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (words: string) =>
      postJson<BatchDecision>('/api/decisions', {
        verdict,
        request_ids: requests.map(({ request_id }) => request_id),
        ...(verdict === 'deny' ? { reason: words } : words === '' ? {} : { comment: words }),
      }),
    onSuccess: ({ body }) => {
      for (const { request_id, outcome } of body.results)
        if (outcome === 'recorded') rememberRecorded(request_id, verdict);
    },
    onSettled: () => Promise.all(affectedByDecision.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}
