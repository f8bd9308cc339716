import type { ScopeRequestView } from '../../../api/contract/scope-requests.ts';
import { ClientName } from '../../ui/client-name.tsx';

/** Which client asks in somebody's name, where it is not ours. */
export function ThroughClient({ request: { client } }: { request: ScopeRequestView }) {
  if (client.first_party) return null;
  return (
    <p className="text-sm text-muted">
      through <ClientName client={client} />
    </p>
  );
}
