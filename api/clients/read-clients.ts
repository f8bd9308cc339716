import type { z } from 'zod';
import {
  clientHoldings,
  clientStates,
  listedClients,
  type ClientPlace,
  type ListedClient,
} from '../../activities/store/client-listing.ts';
import { listGrants } from '../../activities/store/grant-listing.ts';
import type { OidcPayload, OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { listRegisteredClients, type RegisteredClient } from '../../activities/store/registered-clients.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isAdmin } from '../../workflows/domain/approvers.ts';
import { chatClientId, dashboardClientId, isVerified, mcpServerClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { ClientDetail, ClientList, ClientView, listClientsQuerySchema } from '../contract/clients.ts';
import { grantContext, grantView } from '../grants/view-grant.ts';
import { visibleName } from '../oauth/visible-name.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { requireAuditor } from '../people/require-role.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import { blockingOf } from './blocking.ts';

/** What the clients resource needs. */
export interface ClientDeps extends ApprovalDeps {
  payloads: OidcPayloads;
  chatUrl: string;
}

type Registered = Pick<ClientView, 'client_id' | 'registered_name' | 'first_party' | 'registered_at' | 'redirect_uris'>;

/** A page of the OAuth clients, our own on top of the first one, for admins and auditors. @throws {DomainError} `not_auditor` */
export async function listClients(
  deps: ClientDeps,
  caller: Caller,
  query: z.output<typeof listClientsQuerySchema>,
): Promise<ClientList> {
  await requireAuditor(deps.db, caller, 'clients');
  const now = deps.now();
  const after = placeOf(query.cursor);
  const rows = await listedClients(deps.db, { after, limit: query.limit + 1 }, now);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    clients: await clientViews(deps, [
      ...(after === undefined ? firstParty(deps.chatUrl) : []),
      ...(await describedClients(deps, page)),
    ]),
    ...(rows.length > query.limit && last !== undefined
      ? { next_cursor: encodeCursor({ at: last.since, id: `${last.used ? usedPrefix : ''}${last.key}` }) }
      : {}),
    can_change: mayChange(caller),
    now: now.toISOString(),
  };
}

/** What no digest begins with. */
const usedPrefix = 'used ';

function placeOf(cursor: string | undefined): ClientPlace | undefined {
  const place = decodeCursor(cursor);
  if (place === undefined) return undefined;
  const used = place.id.startsWith(usedPrefix);
  return { used, since: place.at, key: used ? place.id.slice(usedPrefix.length) : place.id };
}

/** One client with what it holds now. @throws {DomainError} `not_auditor`, `not_found` */
export async function clientDetail(deps: ClientDeps, caller: Caller, clientId: string): Promise<ClientDetail> {
  await requireAuditor(deps.db, caller, 'clients');
  const client = await findClient(deps, clientId);
  const now = deps.now();
  const [policy, grants] = await Promise.all([
    livePolicy(deps.db),
    listGrants(deps.db, { clientId, status: 'active', now, limit: 100 }),
  ]);
  const context = await grantContext(deps, grants);
  return {
    client,
    grants: grants.map((grant) => grantView(grant, context, caller, policy, now)),
    can_change: mayChange(caller),
    now: now.toISOString(),
  };
}

/** The client of that id. @throws {DomainError} `not_found` */
export async function findClient(deps: ClientDeps, clientId: string): Promise<ClientView> {
  const own = firstParty(deps.chatUrl).filter(({ client_id }) => client_id === clientId);
  const described =
    own.length > 0
      ? own
      : await describedClients(deps, await listedClients(deps.db, { only: clientId, limit: 1 }, deps.now()));
  const [client] = await clientViews(deps, described);
  if (client?.client_id !== clientId) throw new DomainError('not_found', 'There is no client of that id.');
  return client;
}

function mayChange(caller: Caller): boolean {
  return isAdmin(overOthers(caller));
}

/** What they said when they registered, or the owner did; of others, when somebody let them act for them. */
async function describedClients(deps: ClientDeps, rows: readonly ListedClient[]): Promise<Registered[]> {
  const [registered, byOwner] = await Promise.all([
    deps.payloads.byDigest(
      'Client',
      rows.map(({ key }) => key),
      deps.now(),
    ),
    listRegisteredClients(deps.db),
  ]);
  const owned = new Map(byOwner.map((client) => [client.client_id, client]));
  return rows.flatMap(({ key, clientId, name }) => {
    const [payload, byThem] = [registered.get(key), clientId === null ? undefined : owned.get(clientId)];
    if (byThem !== undefined) return [fromOwner(byThem)];
    if (payload !== undefined) return fromPayload(payload);
    return clientId === null ? [] : [fromUse({ clientId, name })];
  });
}

async function clientViews(deps: ClientDeps, clients: readonly Registered[]): Promise<ClientView[]> {
  const [states, holdings] = await Promise.all([clientStates(deps.db), clientHoldings(deps.db, deps.now())]);
  const names = await namesOf(
    deps.db,
    [...states.values()].map(({ blocked_by }) => blocked_by),
  );
  return clients.map((client) => {
    const state = states.get(client.client_id);
    const held = holdings.get(client.client_id);
    return {
      ...client,
      authorization_errors: state?.authorization_errors ?? 'challenge',
      name: visibleName(state?.name ?? client.registered_name ?? client.client_id),
      verified: isVerified(client.client_id, state?.name),
      blocked:
        state === undefined || state.blocked_at === null
          ? null
          : {
              by: names.get(state.blocked_by ?? '')?.email ?? '',
              at: state.blocked_at.toISOString(),
              reason: state.block_reason ?? '',
            },
      active_grants: held?.activeGrants ?? 0,
      people: held?.people ?? 0,
      last_granted_at: held?.lastGrantedAt?.toISOString() ?? null,
      blocking: blockingOf(client.client_id),
    };
  });
}

function firstParty(chatUrl: string): Registered[] {
  const common = { first_party: true, registered_at: null };
  return [
    {
      ...common,
      client_id: chatClientId,
      registered_name: 'Countersign chat',
      redirect_uris: [new URL('/auth/callback', chatUrl).href],
    },
    { ...common, client_id: dashboardClientId, registered_name: 'Countersign dashboard', redirect_uris: [] },
    { ...common, client_id: mcpServerClientId, registered_name: 'Countersign tools', redirect_uris: [] },
  ];
}

/** Of a client that the owner has registered. */
function fromOwner(client: RegisteredClient): Registered {
  return {
    client_id: client.client_id,
    registered_name: client.name,
    first_party: false,
    registered_at: client.created_at.toISOString(),
    redirect_uris: client.redirect_uris,
  };
}

/** Of a client that is known by its document or registered long ago, what it said when somebody let it act for them. */
function fromUse({ clientId, name }: { clientId: string; name: string | null }): Registered {
  return { client_id: clientId, registered_name: name, first_party: false, registered_at: null, redirect_uris: [] };
}

/** RFC 7591: what a client said about itself when it registered. */
function fromPayload(payload: OidcPayload): Registered[] {
  const { client_id: clientId, client_name: name, client_id_issued_at: issuedAt, redirect_uris: uris } = payload;
  if (typeof clientId !== 'string') return [];
  return [
    {
      client_id: clientId,
      registered_name: typeof name === 'string' ? name : null,
      first_party: false,
      registered_at: typeof issuedAt === 'number' ? new Date(issuedAt * 1000).toISOString() : null,
      redirect_uris: Array.isArray(uris) ? uris.filter((uri): uri is string => typeof uri === 'string') : [],
    },
  ];
}
