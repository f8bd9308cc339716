import { useState } from 'react';
import type { ConnectionView } from '../../../api/contract/connections.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Moment } from '../../ui/moment.tsx';
import { DisconnectDialog } from './disconnect-dialog.tsx';

/** One client that acts for the person: what it calls itself, since when, where it is used, what it holds. */
export function ConnectionCard({ connection }: { connection: ConnectionView }) {
  const [disconnecting, setDisconnecting] = useState(false);
  const { name, verified, host, sign_ins: signIns, active_grants: grants } = connection;
  return (
    <li className="grid min-w-0 gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1.5">
          <p className="flex min-w-0 flex-wrap items-center gap-2 font-medium wrap-anywhere">
            <bdi>{name}</bdi>
            {signIns > 0 ? <Badge tone="good">Signed in</Badge> : <Badge tone="neutral">Not signed in</Badge>}
          </p>
          <p className="text-sm wrap-anywhere text-muted">
            {verified
              ? 'Known here by this name.'
              : host === null
                ? 'It registered itself: nobody has checked who it is.'
                : `Vouched for by ${host}.`}
          </p>
          <p className="text-sm text-muted">
            Connected <Moment at={connection.consented_at} />
            {connection.last_used_at !== null && (
              <>
                , last used <Moment at={connection.last_used_at} />
              </>
            )}
            {signIns > 1 && <> · signed in at {signIns} places</>}
            {' · '}
            {grants === 0 ? 'holds nothing now' : `holds ${grants} ${grants === 1 ? 'grant' : 'grants'}`}
            {connection.stays_connected && <> · may work while you are away</>}
          </p>
        </div>
        <Button onClick={() => setDisconnecting(true)} aria-label={`Disconnect ${name}…`}>
          Disconnect…
        </Button>
      </div>
      {disconnecting && <DisconnectDialog connection={connection} onClose={() => setDisconnecting(false)} />}
    </li>
  );
}
