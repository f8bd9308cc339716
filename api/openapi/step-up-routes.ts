import { justifyStepUpSchema, stepUpSchema } from '../contract/step-ups.ts';
import type { RouteDoc } from './route-doc.ts';

/** The page on which a person waits for what a client’s authorization request takes. */
export const stepUpRoutes: readonly RouteDoc[] = [
  {
    id: 'getStepUp',
    method: 'get',
    path: '/api/step-ups/{id}',
    tag: 'Requests',
    summary: 'What a client’s authorization request waits for, to the person who is asked about',
    access: 'signed_in',
    answers: [{ status: 200, description: 'As the waiting page shows it.', schema: stepUpSchema }],
    problems: ['client_not_allowed'],
  },
  {
    id: 'justifyStepUp',
    method: 'post',
    path: '/api/step-ups/{id}/justification',
    tag: 'Requests',
    summary: 'Say why: asks where policy demanded a reason first, else adds it once to what waits',
    access: 'signed_in',
    guarded: true,
    body: justifyStepUpSchema,
    answers: [{ status: 200, description: 'As it stands now.', schema: stepUpSchema }],
    problems: ['already_decided', 'client_not_allowed', 'forbidden_by_policy'],
  },
  {
    id: 'cancelStepUp',
    method: 'post',
    path: '/api/step-ups/{id}/cancel',
    tag: 'Requests',
    summary: 'Withdraw what a client’s authorization request waits for; the client is told so',
    access: 'signed_in',
    guarded: true,
    answers: [{ status: 200, description: 'As it stands now.', schema: stepUpSchema }],
    problems: ['already_decided', 'client_not_allowed'],
  },
];
