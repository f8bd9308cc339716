import { clientHoldings, clientsInUse, clientStates } from '../../activities/store/client-listing.ts';
import { listGrants } from '../../activities/store/grant-listing.ts';
import type { OidcPayload, OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { listRegisteredClients, type RegisteredClient } from '../../activities/store/registered-clients.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isAdmin } from '../../workflows/domain/approvers.ts';
import { chatClientId, dashboardClientId, mcpServerClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import type { ClientDetail, ClientList, ClientView } from '../contract/clients.ts';
import { grantContext, grantView } from '../grants/view-grant.ts';
import { visibleName } from '../oauth/visible-name.ts';
import { requireAuditor } from '../people/require-role.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';
import { blockingOf } from './blocking.ts';

/** What the clients resource needs. */
export interface ClientDeps extends ApprovalDeps {
  payloads: OidcPayloads;
  chatUrl: string;
}

type Registered = Pick<ClientView, 'client_id' | 'registered_name' | 'first_party' | 'registered_at' | 'redirect_uris'>;

/** Registrations that are listed though nobody uses them: anybody may register, and each is decrypted. */
const unusedListed = 200;

/** Every OAuth client that is in use, and the registrations that are newest, for admins and auditors. @throws {DomainError} `not_auditor` */
export async function listClients(deps: ClientDeps, caller: Caller): Promise<ClientList> {
  await requireAuditor(deps.db, caller, 'clients');
  return { clients: await clientViews(deps), can_change: mayChange(caller), now: deps.now().toISOString() };
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
  const client = (await clientViews(deps, clientId)).find(({ client_id }) => client_id === clientId);
  if (client === undefined) throw new DomainError('not_found', 'There is no client of that id.');
  return client;
}

function mayChange(caller: Caller): boolean {
  return isAdmin(overOthers(caller));
}

/** @param clientId of one alone */
async function clientViews(deps: ClientDeps, clientId?: string): Promise<ClientView[]> {
  const [states, holdings, registered, inUse, byOwner] = await Promise.all([
    clientStates(deps.db),
    clientHoldings(deps.db, deps.now()),
    clientId === undefined
      ? deps.payloads.newest('Client', unusedListed, deps.now())
      : deps.payloads.find('Client', 'id', clientId, deps.now()),
    clientsInUse(deps.db),
    listRegisteredClients(deps.db),
  ]);
  const names = await namesOf(
    deps.db,
    [...states.values()].map(({ blocked_by }) => blocked_by),
  );
  const described = [
    ...firstParty(deps.chatUrl),
    ...byOwner.map(fromOwner),
    ...[registered ?? []].flat().flatMap(fromPayload),
  ];
  const known = new Set(described.map(({ client_id }) => client_id));
  const others = inUse.filter((client) => !known.has(client.clientId)).map(fromUse);
  return [...described, ...others].map((client) => {
    const state = states.get(client.client_id);
    const held = holdings.get(client.client_id);
    return {
      ...client,
      authorization_errors: state?.authorization_errors ?? 'challenge',
      name: visibleName(state?.name ?? client.registered_name ?? client.client_id),
      verified: client.first_party || typeof state?.name === 'string',
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
