import type { ClientView } from '../../../api/contract/clients.ts';
import { clientLabel } from '../../ui/client-label.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

/** How the refused calls of a client are answered. */
export const errorsWords: Record<ClientView['authorization_errors'], string> = {
  challenge: 'by a challenge (403)',
  in_band: 'in the tool’s result',
};

/** Turns how the refused calls of a client are answered. */
export function ErrorsDialog(props: {
  client: ClientView;
  onChange: (mode: ClientView['authorization_errors']) => Promise<unknown>;
  onClose: () => void;
}) {
  const { client } = props;
  const next = client.authorization_errors === 'in_band' ? 'challenge' : 'in_band';
  return (
    <ConfirmDialog
      title={`Answer refused calls of ${clientLabel(client)} ${errorsWords[next]}?`}
      action="Change"
      pending="Changing…"
      look="primary"
      onConfirm={() => props.onChange(next)}
      onClose={props.onClose}
    >
      <p>
        {next === 'in_band'
          ? 'For a client that cannot go back to sign-in for more: a refused call makes the request by itself, and its result says where it is decided. What this client is granted counts for its next call, whatever its token says.'
          : 'For a client that can go back to sign-in for more: a refused call is 403 and makes no request. Only what its token says counts.'}
      </p>
    </ConfirmDialog>
  );
}
