import { connectionsOf, disconnect, type Connection } from '../../activities/store/connections.ts';
import { isFirstParty, isVerified } from '../../workflows/domain/clients.ts';
import { visibleName } from '../oauth/visible-name.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { tellWorkflowsEnded } from '../approvals/tell-workflows-ended.ts';
import type { ConnectionList, ConnectionView } from '../contract/connections.ts';
import { clientHost } from '../oauth/client-documents.ts';
import type { Caller } from '../sessions/caller.ts';

/** What the connections resource needs. */
export type ConnectionDeps = Pick<ApprovalDeps, 'db' | 'temporal' | 'logger' | 'now'>;

/** Every client that the caller lets act for them. @throws {DomainError} `client_not_allowed` */
export async function listConnections(deps: ConnectionDeps, caller: Caller): Promise<ConnectionList> {
  requireOwnApp(caller);
  const now = deps.now();
  const connections = await connectionsOf(deps.db, caller.person.subject, now);
  return { connections: connections.map(connectionView), now: now.toISOString() };
}

/**
 * Takes a client back: from the answer on none of its tokens counts, and it has to ask the person anew.
 *
 * @throws {DomainError} `client_not_allowed`; `not_found` where the caller has not connected it.
 */
export async function disconnectClient(
  deps: ConnectionDeps,
  caller: Caller,
  clientId: string,
): Promise<ConnectionList> {
  requireOwnApp(caller);
  const { subject } = caller.person;
  const ended = await deps.db.transaction().execute((trx) => disconnect(trx, { subject, clientId }, deps.now()));
  if (ended === undefined) throw new DomainError('not_found', 'You have not connected a client of that id.');
  await tellWorkflowsEnded(deps, ended);
  return listConnections(deps, caller);
}

/** A client neither sees nor ends what others are connected: only the person, in our own apps. */
function requireOwnApp(caller: Caller): void {
  if (caller.kind === 'browser' || isFirstParty(caller.clientId)) return;
  throw new DomainError('client_not_allowed', 'Clients are connected and disconnected in the chat or the dashboard.');
}

function connectionView(connection: Connection): ConnectionView {
  const { clientId, name, registeredName } = connection;
  return {
    client_id: clientId,
    name: visibleName(name ?? registeredName ?? clientId),
    verified: isVerified(clientId, name),
    host: clientHost(clientId) ?? null,
    consented_at: connection.consentedAt.toISOString(),
    stays_connected: connection.offline,
    sign_ins: connection.signIns,
    last_used_at: connection.lastUsedAt?.toISOString() ?? null,
    active_grants: connection.activeGrants,
  };
}
