import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RequestStatusResponse, ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { postJson } from '../../lib/api-client.ts';
import { showToast } from '../../ui/toast-store.ts';
import { affectedByDecision } from '../queries.ts';
import { rememberRecorded, type Verdict } from './recorded-decisions.ts';

/** What goes with a verdict: the comment of an approval or the reason of a denial, and how long an approval lasts. */
interface Said {
  words: string;
  seconds: number;
  /** Of an approval. */
  scopes: readonly string[];
}

/** Sends one decision about one request. */
export function useDecide(request: ScopeRequestView, verdict: Verdict, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ words, seconds, scopes }: Said) =>
      postJson<RequestStatusResponse>(
        `/api/${verdict}/${encodeURIComponent(request.request_id)}`,
        verdict === 'deny'
          ? { reason: words }
          : {
              ...(words === '' ? {} : { comment: words }),
              ...(seconds > 0 ? { duration_seconds: seconds } : {}),
              ...(scopes.length < request.scopes.length ? { scopes } : {}),
            },
      ),
    onSuccess: ({ status }, { scopes }) => {
      const what = verdict === 'approve' ? 'Approved' : 'Denied';
      if (status === 202) {
        rememberRecorded(request.request_id, verdict);
        showToast('wait', 'Your decision is recorded and being delivered.');
      } else {
        showToast(
          verdict === 'approve' ? 'good' : 'bad',
          `${what}: ${(verdict === 'approve' ? scopes : request.scopes).join(' ')} for ${request.subject_email}`,
        );
      }
      onDone();
    },
    // Also after a refusal: somebody else may have been faster.
    onSettled: () => Promise.all(affectedByDecision.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}
