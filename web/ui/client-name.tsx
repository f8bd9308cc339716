import { Badge } from './badge.tsx';

/** What a client is called: in quotation marks, and marked, where that is its own word only. */
export function ClientName({ client }: { client: { name: string; verified: boolean } }) {
  if (client.verified) return <span className="wrap-anywhere">{client.name}</span>;
  return (
    <span className="wrap-anywhere">
      “{client.name}” <Badge tone="wait">not verified</Badge>
    </span>
  );
}
