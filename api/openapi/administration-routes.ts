import {
  authorizationErrorsBodySchema,
  blockBodySchema,
  clientDetailSchema,
  clientListSchema,
  listClientsQuerySchema,
  nameBodySchema,
} from '../contract/clients.ts';
import { freezeBodySchema, freezeStateSchema } from '../contract/freeze.ts';
import { revokeBodySchema } from '../contract/grants.ts';
import { disableBodySchema, listPeopleQuerySchema, peopleListSchema, personDetailSchema } from '../contract/people.ts';
import type { RouteDoc } from './route-doc.ts';

const person = [{ status: 200, description: 'The person, as they stand now.', schema: personDetailSchema }] as const;
const client = [{ status: 200, description: 'The client, as it stands now.', schema: clientDetailSchema }] as const;
const freeze = [{ status: 200, description: 'How it stands.', schema: freezeStateSchema }] as const;
const common = { tag: 'Administration', access: 'signed_in' } as const;
const read = { ...common, method: 'get' } as const;
const change = { ...common, method: 'post', guarded: true } as const;

/** People, clients and the freeze: auditors read, admins act, from the dashboard alone. */
export const administrationRoutes: readonly RouteDoc[] = [
  {
    ...read,
    id: 'listPeople',
    path: '/api/people',
    summary: 'Accounts with roles, sign-ins and what they hold',
    query: listPeopleQuerySchema,
    answers: [{ status: 200, description: 'A page.', schema: peopleListSchema }],
    problems: ['not_auditor'],
  },
  {
    ...read,
    id: 'getPerson',
    path: '/api/people/{id}',
    summary: 'One account with its sign-ins and grants',
    answers: person,
    problems: ['not_auditor'],
  },
  {
    ...change,
    id: 'disablePerson',
    path: '/api/people/{id}/disable',
    summary: 'Close an account, which ends its sessions, requests, parked calls and grants at once',
    body: disableBodySchema,
    answers: person,
    problems: ['last_admin', 'not_admin', 'own_account'],
  },
  {
    ...change,
    id: 'enablePerson',
    path: '/api/people/{id}/enable',
    summary: 'Open an account again; nothing that ended comes back',
    answers: person,
    problems: ['not_admin', 'own_account'],
  },
  {
    ...change,
    id: 'endSessions',
    path: '/api/people/{id}/end-sessions',
    summary: 'End every sign-in of a person, here, at the chat and at other clients',
    answers: person,
    problems: ['not_admin', 'not_auditor'],
  },
  {
    ...change,
    id: 'endSession',
    path: '/api/people/{id}/sessions/{session}/end',
    summary: 'End one sign-in of a person',
    answers: person,
    problems: ['not_admin'],
  },
  {
    ...read,
    id: 'listClients',
    path: '/api/clients',
    summary: 'OAuth clients and what they hold: our own, those in use, registrations that nobody has used',
    query: listClientsQuerySchema,
    answers: [{ status: 200, description: 'A page.', schema: clientListSchema }],
    problems: ['not_auditor'],
  },
  {
    ...read,
    id: 'getClient',
    path: '/api/clients/{id}',
    summary: 'One OAuth client with its grants',
    answers: client,
    problems: ['not_auditor'],
  },
  {
    ...change,
    id: 'blockClient',
    path: '/api/clients/{id}/block',
    summary: 'Block a client: no token, no elevated call, no grant',
    body: blockBodySchema,
    answers: client,
    problems: ['confirmation_required', 'first_party_client', 'not_admin'],
  },
  {
    ...change,
    id: 'unblockClient',
    path: '/api/clients/{id}/unblock',
    summary: 'Lift the block of a client',
    answers: client,
    problems: ['not_admin'],
  },
  {
    ...change,
    id: 'nameClient',
    path: '/api/clients/{id}/name',
    summary: 'Give a client the name that people here know it by',
    body: nameBodySchema,
    answers: client,
    problems: ['not_admin'],
  },
  {
    ...change,
    id: 'setClientAuthorizationErrors',
    path: '/api/clients/{id}/authorization-errors',
    summary: 'Say how a client is told that it lacks a scope: by 403 with a challenge, or in the result of the tool',
    body: authorizationErrorsBodySchema,
    answers: client,
    problems: ['first_party_client', 'not_admin'],
  },
  {
    ...change,
    id: 'revokeClientGrants',
    path: '/api/clients/{id}/revoke-grants',
    summary: 'End everything a client holds, for everybody',
    body: revokeBodySchema,
    answers: client,
    problems: ['not_admin'],
  },
  {
    ...read,
    id: 'getFreeze',
    path: '/api/freeze',
    summary: 'Whether all elevated grants are frozen, why, by whom and since when',
    answers: freeze,
  },
  {
    ...change,
    id: 'freeze',
    path: '/api/freeze',
    summary: 'Freeze all elevated grants: nothing elevated is granted, signed or begun until it is lifted',
    body: freezeBodySchema,
    answers: freeze,
    problems: ['grants_frozen', 'not_admin'],
  },
  {
    ...change,
    id: 'liftFreeze',
    path: '/api/freeze/lift',
    summary: 'Lift the freeze; what still lives by its own end counts again',
    answers: freeze,
    problems: ['not_admin'],
  },
];
