import { connectionListSchema } from '../contract/connections.ts';
import type { RouteDoc } from './route-doc.ts';

/** The clients that a person lets act for them, at the auth server; the chat has the same under `/api/access`. */
export function connectionRouteDocs(prefix: '/api' | '/api/access'): readonly RouteDoc[] {
  return [
    {
      id: 'listConnections',
      method: 'get',
      path: `${prefix}/connections`,
      tag: 'Access',
      summary: 'The clients that one lets act for oneself',
      access: 'signed_in',
      answers: [{ status: 200, description: 'All of them.', schema: connectionListSchema }],
      problems: ['client_not_allowed'],
    },
    {
      id: 'disconnect',
      method: 'post',
      path: `${prefix}/connections/{id}/disconnect`,
      tag: 'Access',
      summary: 'Take a client back: its consent, sign-ins, requests and grants end',
      access: 'signed_in',
      guarded: true,
      answers: [{ status: 200, description: 'Those that are left.', schema: connectionListSchema }],
      problems: ['client_not_allowed'],
    },
  ];
}
