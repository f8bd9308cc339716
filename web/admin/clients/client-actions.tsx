import { useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ClientView } from '../../../api/contract/clients.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { clientLabel } from '../../ui/client-label.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ExplainedButton } from '../../ui/explained-button.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { clientsKey, grantsKey } from '../queries.ts';
import { ErrorsDialog, errorsWords } from './errors-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';

type Asking = 'block' | 'revoke' | 'rename' | 'errors';

/** Naming, blocking and revoking; off for whoever only reads, with the reason. */
export function ClientActions({ client, canChange }: { client: ClientView; canChange: boolean }) {
  const [asking, setAsking] = useState<Asking>();
  const queries = useQueryClient();
  const base = `/api/clients/${encodeURIComponent(client.client_id)}`;
  const called = clientLabel(client);
  const close = (): void => setAsking(undefined);
  const change = async (path: string, body: Record<string, string>, told: string): Promise<void> => {
    await postJson(`${base}/${path}`, body);
    showToast('neutral', told);
    await Promise.all([clientsKey, grantsKey].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  const unblock = useMutation({
    mutationFn: () => change('unblock', {}, `${called} is unblocked`),
    onError: (error) => showToast('bad', errorText(error)),
  });
  const reader = canChange ? undefined : 'Only admins can do this.';
  return (
    <div className="flex flex-wrap items-start gap-3">
      <ExplainedButton why={reader} onClick={() => setAsking('rename')}>
        Rename…
      </ExplainedButton>
      {!client.first_party && (
        <ExplainedButton why={reader} onClick={() => setAsking('errors')}>
          Refused calls…
        </ExplainedButton>
      )}
      <ExplainedButton
        look="bad"
        why={reader ?? (client.active_grants === 0 ? 'It holds nothing.' : undefined)}
        onClick={() => setAsking('revoke')}
      >
        Revoke all…
      </ExplainedButton>
      {client.blocked === null ? (
        <ExplainedButton
          look="bad"
          why={reader ?? (client.blocking.allowed ? undefined : client.blocking.means)}
          onClick={() => setAsking('block')}
        >
          Block…
        </ExplainedButton>
      ) : (
        <ExplainedButton why={reader} disabled={unblock.isPending} onClick={() => unblock.mutate()}>
          Unblock
        </ExplainedButton>
      )}
      {asking === 'rename' && (
        <RenameDialog
          // To name it is to verify it: its own word is not offered for that.
          name={client.verified ? client.name : ''}
          onRename={(name) => change('name', { name }, `Now called ${name}`)}
          onClose={close}
        />
      )}
      {asking === 'errors' && (
        <ErrorsDialog
          client={client}
          onChange={(mode) =>
            change('authorization-errors', { mode }, `Refused calls of ${called} are answered ${errorsWords[mode]}`)
          }
          onClose={close}
        />
      )}
      {asking === 'revoke' && (
        <ConfirmDialog
          title={`Revoke everything ${called} holds?`}
          reason="optional"
          action="Revoke all"
          pending="Revoking…"
          onConfirm={(reason) =>
            change('revoke-grants', reason === '' ? {} : { reason }, `Revoked: everything of ${called}`)
          }
          onClose={close}
        >
          <p>
            {client.active_grants === 1 ? 'One grant' : `${client.active_grants} grants`} of{' '}
            {client.people === 1 ? 'one person' : `${client.people} people`} end at once. A call that is running already
            is not undone.
          </p>
        </ConfirmDialog>
      )}
      {asking === 'block' && (
        <ConfirmDialog
          title={`Block ${called}?`}
          reason="required"
          typed={client.blocking.needs_confirmation ? client.client_id : undefined}
          action="Block"
          pending="Blocking…"
          onConfirm={(reason) => change('block', { reason, confirm: client.client_id }, `Blocked: ${called}`)}
          onClose={close}
        >
          <p>{client.blocking.means}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
