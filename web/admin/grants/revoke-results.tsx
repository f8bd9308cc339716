import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { Revocations } from '../../../api/contract/grants.ts';
import type { Revocable } from './revoke-dialog.tsx';

/** What became of each grant. */
export function RevokeResults({ results, what }: { results: Revocations['results']; what: Revocable }) {
  const known = new Map('grants' in what ? what.grants.map((grant) => [grant.grant_id, grant]) : []);
  return (
    <ul aria-label="What became of each" role="status" className="grid gap-2 text-sm">
      {results.map(({ grant_id: grantId, grant, problem }) => {
        const shown = grant ?? known.get(grantId);
        const name = shown === undefined ? grantId : `${shown.scopes.join(', ')} of ${shown.subject_email}`;
        return (
          <li key={grantId} className="flex items-start gap-2 wrap-anywhere">
            {problem === null ? (
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
            ) : (
              <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
            )}
            <span>
              {name}: {problem === null ? 'revoked' : problem.detail}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
