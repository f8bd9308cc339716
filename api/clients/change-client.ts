import { sql } from 'kysely';
import { tellGrantEnded } from '../../activities/requests/tell-grant-ended.ts';
import { runChecked } from '../../activities/store/checked-function.ts';
import { endGrant } from '../../activities/store/grants.ts';
import type { AuthorizationErrors } from '../../workflows/domain/authorization-errors.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ClientDetail } from '../contract/clients.ts';
import { requireAdmin } from '../people/require-role.ts';
import type { Caller } from '../sessions/caller.ts';
import { clientDetail, findClient, type ClientDeps } from './read-clients.ts';

/**
 * Blocks a client: no token, no elevated call, no grant until it is unblocked.
 *
 * @throws {DomainError} `not_admin`, `not_found`, `first_party_client`, `confirmation_required`
 */
export async function blockClient(
  deps: ClientDeps,
  caller: Caller,
  clientId: string,
  block: { reason: string; confirm?: string | undefined },
): Promise<ClientDetail> {
  await requireAdmin(deps.db, caller, 'block client');
  const { blocking } = await findClient(deps, clientId);
  if (!blocking.allowed) throw new DomainError('first_party_client', blocking.means);
  if (blocking.needs_confirmation && block.confirm !== clientId) {
    throw new DomainError('confirmation_required', `${blocking.means} To go on, send confirm: "${clientId}".`);
  }
  await runChecked(deps.db, sql`set_client_blocked(${caller.person.subject}, ${clientId}, ${block.reason})`);
  return clientDetail(deps, caller, clientId);
}

/** Lifts a block; what the client still holds counts again. @throws {DomainError} `not_admin`, `not_found` */
export async function unblockClient(deps: ClientDeps, caller: Caller, clientId: string): Promise<ClientDetail> {
  await requireAdmin(deps.db, caller, 'unblock client');
  await findClient(deps, clientId);
  await runChecked(deps.db, sql`set_client_blocked(${caller.person.subject}, ${clientId}, null)`);
  return clientDetail(deps, caller, clientId);
}

/** Gives a client the name that people here know it by. @throws {DomainError} `not_admin`, `not_found` */
export async function nameClient(
  deps: ClientDeps,
  caller: Caller,
  clientId: string,
  name: string,
): Promise<ClientDetail> {
  await requireAdmin(deps.db, caller, 'name client');
  await findClient(deps, clientId);
  await runChecked(deps.db, sql`set_client_name(${caller.person.subject}, ${clientId}, ${name})`);
  return clientDetail(deps, caller, clientId);
}

/**
 * Says how a client is told that it lacks a scope. One that gets it in band has its requests made by the tools, and its
 * grants count at once.
 *
 * @throws {DomainError} `not_admin`, `not_found`, `first_party_client`
 */
export async function setAuthorizationErrors(
  deps: ClientDeps,
  caller: Caller,
  clientId: string,
  mode: AuthorizationErrors,
): Promise<ClientDetail> {
  await requireAdmin(deps.db, caller, 'set authorization errors of client');
  if ((await findClient(deps, clientId)).first_party) {
    throw new DomainError('first_party_client', 'Our own clients understand a challenge; this stays as it is.');
  }
  await runChecked(deps.db, sql`set_client_authorization_errors(${caller.person.subject}, ${clientId}, ${mode})`);
  return clientDetail(deps, caller, clientId);
}

/** Ends everything a client holds, for everybody. @throws {DomainError} `not_admin`, `not_found` */
export async function revokeHeldBy(
  deps: ClientDeps,
  caller: Caller,
  clientId: string,
  note: string | undefined,
): Promise<ClientDetail> {
  await requireAdmin(deps.db, caller, 'revoke client');
  await findClient(deps, clientId);
  const at = deps.now();
  const ended = await deps.db.transaction().execute(async (trx) => {
    const living = await trx
      .selectFrom('grants')
      .select(['grant_id', 'request_id'])
      .where('client_id', '=', clientId)
      .where('end_reason', 'is', null)
      .where('expires_at', '>', at)
      .orderBy('grant_id')
      .execute();
    for (const { grant_id: grantId } of living) {
      await endGrant(trx, grantId, { reason: 'revoked', by: caller.person.subject, at, note });
    }
    return living;
  });
  const told = await Promise.allSettled(ended.map(({ request_id }) => tellGrantEnded(deps.temporal, request_id)));
  for (const result of told) {
    if (result.status === 'rejected')
      deps.logger.warn({ err: result.reason as unknown }, 'a workflow could not be told');
  }
  return clientDetail(deps, caller, clientId);
}
