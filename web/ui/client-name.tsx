import { Badge } from './badge.tsx';
import { clientLabel, type NamedClient } from './client-label.ts';

/** What a client is called: in quotation marks, and marked, where that is its own word only. */
export function ClientName({ client }: { client: NamedClient }) {
  return (
    <span className="wrap-anywhere">
      <bdi>{clientLabel(client)}</bdi>
      {!client.verified && (
        <>
          {' '}
          <Badge tone="wait">not verified</Badge>
        </>
      )}
    </span>
  );
}
