import { useId, useState, type SubmitEvent } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { GrantView, Revocations } from '../../../api/contract/grants.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { WordsArea } from '../../ui/words-area.tsx';
import { affectedByDecision } from '../queries.ts';
import { RevokeResults } from './revoke-results.tsx';

/** What is to be revoked: these grants, or all that a person holds when it is done. */
export type Revocable = { grants: readonly GrantView[] } | { person: string };

/** Ending grants before their time; asked once more because work may be relying on them. Each is told of apart. */
export function RevokeDialog({ what, onClose }: { what: Revocable; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const field = useId();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () =>
      (
        await postJson<Revocations>('/api/revocations', {
          ...('person' in what ? { person: what.person } : { grant_ids: what.grants.map(({ grant_id }) => grant_id) }),
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        })
      ).body,
    onSettled: () => Promise.all(affectedByDecision.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!revoke.isPending && !isTooLong(reason)) revoke.mutate();
  };
  if (revoke.data !== undefined) {
    return (
      <Modal key="done" title="Revoked" onClose={onClose}>
        <RevokeResults results={revoke.data.results} what={what} />
        <div className="mt-4 flex justify-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </Modal>
    );
  }
  return (
    <Modal key="asked" title={titleOf(what)} onClose={onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <p className="text-sm wrap-anywhere">{consequence(what)}</p>
        {'grants' in what && what.grants.length > 1 && (
          <ul className="grid max-h-48 gap-1 overflow-y-auto text-sm" tabIndex={0} aria-label="What is revoked">
            {what.grants.map((grant) => (
              <li key={grant.grant_id} className="wrap-anywhere">
                {grant.subject_email}: <strong>{grant.scopes.join(', ')}</strong> through{' '}
                <ClientName client={grant.client} />
              </li>
            ))}
          </ul>
        )}
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            Reason <span className="font-normal text-muted">(optional)</span>
          </label>
          <WordsArea id={field} focused value={reason} onChange={setReason} />
        </div>
        {revoke.isError && (
          <Notice tone="bad" role="alert">
            {errorText(revoke.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={onClose}>{'person' in what || what.grants.length > 1 ? 'Keep them' : 'Keep it'}</Button>
          <Button type="submit" look="bad" disabled={revoke.isPending || isTooLong(reason)}>
            {revoke.isPending ? 'Revoking…' : 'Revoke'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function titleOf(what: Revocable): string {
  if ('person' in what) return 'Revoke all of their grants?';
  return what.grants.length === 1 ? 'Revoke this grant?' : `Revoke ${what.grants.length} grants?`;
}

function consequence(what: Revocable): string {
  const rest = 'No further call starts; a call that is running already is not undone.';
  if ('person' in what) {
    return `${what.person} loses at once every scope held now, through every client, as far as you are an approver of it. ${rest}`;
  }
  const [grant] = what.grants;
  return grant !== undefined && what.grants.length === 1
    ? `${grant.subject_email} loses ${grant.scopes.join(', ')} at once. ${rest}`
    : `These end at once. ${rest}`;
}
