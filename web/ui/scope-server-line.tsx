import type { ScopeServer } from '../../api/contract/scope-server.ts';

/** Says whose server a scope is for, where it is not one of ours. */
export function ScopeServerLine({ server }: { server: ScopeServer }) {
  if (server === null) return null;
  return (
    <p className="text-sm text-muted wrap-anywhere">
      At another server: <span className="text-ink">{server.name}</span>{' '}
      <span className="font-mono text-[0.85em]">{server.identifier}</span>
    </p>
  );
}

/** The same for each of several. */
export function ScopeServerLines({ servers }: { servers: readonly NonNullable<ScopeServer>[] }) {
  return servers.map((server) => <ScopeServerLine key={server.identifier} server={server} />);
}
