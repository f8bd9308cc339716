import type { ClientView } from '../../../api/contract/clients.ts';
import { Badge } from '../../ui/badge.tsx';

/** What stands out about a client. */
export function ClientBadges({ client }: { client: ClientView }) {
  return (
    <>
      {client.first_party ? (
        <Badge tone="accent">Ours</Badge>
      ) : (
        <Badge>{client.client_id.startsWith('https://') ? 'Described' : 'Registered'}</Badge>
      )}
      {client.blocked !== null && <Badge tone="bad">Blocked</Badge>}
    </>
  );
}
