import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Snowflake } from 'lucide-react';
import { postJson } from '../../lib/api-client.ts';
import { userStatusKey } from '../../lib/query-client.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast-store.ts';

/** One button that freezes everything elevated, or lifts the freeze. For admins. */
export function FreezeControl({ frozen }: { frozen: boolean }) {
  const [open, setOpen] = useState(false);
  const queries = useQueryClient();
  const change = async (path: string, body: Record<string, string>, told: string): Promise<void> => {
    await postJson(path, body);
    showToast(frozen ? 'good' : 'bad', told);
    await queries.invalidateQueries({ queryKey: userStatusKey });
  };
  return (
    <>
      <Button look={frozen ? 'bad' : 'quiet'} onClick={() => setOpen(true)}>
        <Snowflake aria-hidden />
        <span className={frozen ? '' : 'max-sm:sr-only'}>{frozen ? 'Lift the freeze…' : 'Freeze…'}</span>
      </Button>
      {open &&
        (frozen ? (
          <ConfirmDialog
            title="Lift the freeze?"
            action="Lift it"
            pending="Lifting…"
            look="primary"
            onConfirm={() => change('/api/freeze/lift', {}, 'The freeze is lifted.')}
            onClose={() => setOpen(false)}
          >
            <p>
              Grants that still live by their own end count again at once, and calls that waited for this go on by
              themselves.
            </p>
          </ConfirmDialog>
        ) : (
          <ConfirmDialog
            title="Freeze everything elevated?"
            reason="required"
            action="Freeze"
            pending="Freezing…"
            onConfirm={(reason) => change('/api/freeze', { reason }, 'Frozen until an admin lifts it.')}
            onClose={() => setOpen(false)}
          >
            <p>
              From this moment no tool that needs a scope starts, for nobody, and nothing is granted. Calls that run
              already are not undone. People can still ask; you can still deny.
            </p>
            <p>Everybody sees your reason and your address. Any admin can lift it.</p>
          </ConfirmDialog>
        ))}
    </>
  );
}
