import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConnectionView } from '../../../api/contract/connections.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { accessKey } from '../queries.ts';

/** Taking a client back; asked once more because it ends what it holds and what it asked for. */
export function DisconnectDialog({ connection, onClose }: { connection: ConnectionView; onClose: () => void }) {
  const queries = useQueryClient();
  const disconnect = useMutation({
    mutationFn: () => postJson(`/api/access/connections/${encodeURIComponent(connection.client_id)}/disconnect`),
    onSuccess: () => {
      showToast('good', 'Disconnected');
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: accessKey }),
  });
  return (
    <Modal title="Disconnect this app?" onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-sm wrap-anywhere">
          <strong>
            <bdi>{connection.name}</bdi>
          </strong>{' '}
          is signed out everywhere at once. What it holds is handed back and what it asked for is withdrawn. To use it
          again you sign in there and let it act for you anew.
        </p>
        {disconnect.isError && (
          <Notice tone="bad" role="alert">
            {errorText(disconnect.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={onClose}>Keep it</Button>
          <Button look="primary" disabled={disconnect.isPending} onClick={() => disconnect.mutate()}>
            {disconnect.isPending ? 'Disconnecting…' : 'Disconnect'}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
