import { useId, useState, type SubmitEvent } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { GrantView } from '../../../api/contract/grants.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { fieldClass } from '../../ui/field.ts';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { affectedByDecision } from '../queries.ts';

/** Ending a grant before its time; asked once more because work may be relying on it. */
export function RevokeDialog({ grant, onClose }: { grant: GrantView; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const field = useId();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      postJson(
        `/api/grants/${encodeURIComponent(grant.grant_id)}/revoke`,
        reason.trim() === '' ? {} : { reason: reason.trim() },
      ),
    onSuccess: () => {
      showToast('bad', `Revoked: ${grant.scopes.join(' ')} of ${grant.subject_email}`);
      onClose();
    },
    onSettled: () => Promise.all(affectedByDecision.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!revoke.isPending) revoke.mutate();
  };
  return (
    <Modal title="Revoke this grant?" onClose={onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <p className="text-sm wrap-anywhere">
          {grant.subject_email} loses <strong>{grant.scopes.join(', ')}</strong> at once. No further call starts with
          it; a call that is running already is not undone.
        </p>
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            Reason <span className="font-normal text-muted">(optional)</span>
          </label>
          <textarea
            id={field}
            data-initial-focus
            rows={2}
            maxLength={2_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            className={fieldClass}
          />
        </div>
        {revoke.isError && (
          <Notice tone="bad" role="alert">
            {errorText(revoke.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" look="bad" disabled={revoke.isPending}>
            {revoke.isPending ? 'Revoking…' : 'Revoke'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
