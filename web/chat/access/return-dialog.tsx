import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccessGrant } from '../../../api/contract/access.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { accessKey } from '../queries.ts';

/** Handing a grant back; asked once more because work may be relying on it. */
export function ReturnDialog({ grant, onClose }: { grant: AccessGrant; onClose: () => void }) {
  const queries = useQueryClient();
  const scopes = grant.scopes.join(', ');
  const handBack = useMutation({
    mutationFn: () => postJson(`/api/access/grants/${encodeURIComponent(grant.grant_id)}/return`),
    onSuccess: () => {
      showToast('good', `Handed back: ${scopes}`);
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: accessKey }),
  });
  return (
    <Modal title="Hand this back?" onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-sm wrap-anywhere">
          The agent loses <strong>{scopes}</strong> at once. No further call starts with it; a call that is running
          already is not undone. You can ask again at any time.
        </p>
        {handBack.isError && (
          <Notice tone="bad" role="alert">
            {errorText(handBack.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={onClose}>Keep it</Button>
          <Button look="primary" disabled={handBack.isPending} onClick={() => handBack.mutate()}>
            {handBack.isPending ? 'Handing back…' : 'Hand back'}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
