import { useState } from 'react';
import type { GrantView } from '../../../api/contract/grants.ts';
import { Button } from '../../ui/button.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

/** Says that only one person's grants are shown, and revokes all of them. */
export function PersonBar(props: { person: string; grants: readonly GrantView[]; onClear: () => void }) {
  const [revoking, setRevoking] = useState(false);
  const may = props.grants.some((grant) => grant.can_revoke);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-surface px-4 py-2.5 text-sm">
      <p className="min-w-0 wrap-anywhere">
        Only grants of <strong>{props.person}</strong>
      </p>
      <div className="flex flex-wrap gap-3">
        <Button look="quiet" onClick={props.onClear}>
          Show everybody’s
        </Button>
        {may && (
          <Button look="bad" onClick={() => setRevoking(true)}>
            Revoke all of theirs…
          </Button>
        )}
      </div>
      {revoking && <RevokeDialog what={{ person: props.person }} onClose={() => setRevoking(false)} />}
    </div>
  );
}
