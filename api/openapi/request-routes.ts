import {
  listRequestsQuerySchema,
  requestDetailSchema,
  requestListSchema,
  requestStatusSchema,
  requestSummaryQuerySchema,
  requestSummarySchema,
  upgradeScopeRequestSchema,
  upgradeScopeResponseSchema,
} from '../contract/scope-requests.ts';
import type { RouteDoc } from './route-doc.ts';
import { judgement } from './shared-routes.ts';

/** Asking for scopes, and following what became of it. */
export const requestRoutes: readonly RouteDoc[] = [
  {
    id: 'upgradeScope',
    method: 'post',
    path: '/api/upgrade-scope',
    tag: 'Requests',
    summary: 'Ask for scopes: granted at once, waiting for somebody, or refused; asking again collects the token',
    access: 'signed_in',
    guarded: true,
    body: upgradeScopeRequestSchema,
    answers: [{ status: 200, description: 'How it stands.', schema: upgradeScopeResponseSchema }],
    problems: [
      'duration_too_long',
      'grants_frozen',
      'insufficient_scope',
      'justification_required',
      'not_found',
      'unknown_scope',
    ],
  },
  ...(['/api/status/{id}', '/api/check-approval/{id}'] as const).map((path): RouteDoc => ({
    id: path === '/api/status/{id}' ? 'getStatus' : 'checkApproval',
    method: 'get',
    path,
    tag: 'Requests',
    summary: 'How a request stands: for its requester, its approvers and auditors',
    access: 'signed_in',
    answers: [{ status: 200, description: 'How it stands.', schema: requestStatusSchema }],
  })),
  {
    id: 'listRequests',
    method: 'get',
    path: '/api/requests',
    tag: 'Requests',
    summary:
      'One’s own requests; for approvers and auditors those they may see. Newest first, pending ones oldest first',
    access: 'signed_in',
    query: listRequestsQuerySchema,
    answers: [{ status: 200, description: 'A page.', schema: requestListSchema }],
  },
  {
    id: 'summarizeRequests',
    method: 'get',
    path: '/api/requests/summary',
    tag: 'Requests',
    summary: 'How many requests wait that match, and by what they can be told apart: of the oldest thousand',
    access: 'signed_in',
    query: requestSummaryQuerySchema,
    answers: [{ status: 200, description: 'The counts.', schema: requestSummarySchema }],
  },
  {
    id: 'getRequest',
    method: 'get',
    path: '/api/requests/{id}',
    tag: 'Requests',
    summary: 'Everything an approver needs to decide',
    access: 'signed_in',
    answers: [
      { status: 200, description: 'The request, who asks, what happened so far.', schema: requestDetailSchema },
    ],
  },
  {
    id: 'cancelRequest',
    method: 'post',
    path: '/api/requests/{id}/cancel',
    tag: 'Requests',
    summary: 'Withdraw one’s own request',
    access: 'signed_in',
    guarded: true,
    answers: judgement,
    problems: ['already_decided'],
  },
];
