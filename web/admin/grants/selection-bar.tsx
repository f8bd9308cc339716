import { useState } from 'react';
import type { GrantView } from '../../../api/contract/grants.ts';
import { Button } from '../../ui/button.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

/** What can be done with the ticked grants. */
export function SelectionBar(props: { grants: readonly GrantView[]; onClear: () => void }) {
  const [revoking, setRevoking] = useState<readonly GrantView[]>();
  const count = props.grants.length;
  return (
    <div
      role="region"
      aria-label="Ticked grants"
      className="sticky bottom-3 z-10 flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line-strong bg-surface px-4 py-2.5 shadow-xl"
    >
      <p role="status" className="text-sm">
        {count === 1 ? 'One grant ticked' : `${count} grants ticked`}
      </p>
      <div className="flex flex-wrap gap-4">
        <Button look="quiet" onClick={props.onClear}>
          Untick all
        </Button>
        <Button look="bad" onClick={() => setRevoking(props.grants)}>
          Revoke {count}…
        </Button>
      </div>
      {revoking !== undefined && (
        <RevokeDialog
          what={{ grants: revoking }}
          onClose={() => {
            setRevoking(undefined);
          }}
        />
      )}
    </div>
  );
}
