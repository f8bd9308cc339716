import { requestStatusSchema } from '../contract/scope-requests.ts';
import { healthSchema, readinessSchema } from '../contract/sign-in.ts';
import type { AnswerDoc, RouteDoc } from './route-doc.ts';

/** What a decision, or a withdrawal, is answered with. */
export const judgement: readonly AnswerDoc[] = [
  { status: 200, description: 'Judged; as it stands now.', schema: requestStatusSchema },
  { status: 202, description: 'Recorded and being delivered, not yet judged.', schema: requestStatusSchema },
];

/** The event stream, which both servers have. */
export const eventsRoute: RouteDoc = {
  id: 'followEvents',
  method: 'get',
  path: '/api/events',
  tag: 'Reading',
  summary:
    'What changes, as server-sent events (LiveEvent), as far as the caller may know. Starts with `hello`, then what was missed since Last-Event-ID, or `resync` when that is too much to tell',
  access: 'signed_in',
  header: { name: 'Last-Event-ID', description: 'Position of the last event that was received.' },
  answers: [{ status: 200, description: 'The stream.', mediaType: 'text/event-stream' }],
  problems: ['rate_limited'],
};

/** The document itself. */
export const documentRoute: RouteDoc = {
  id: 'getDocument',
  method: 'get',
  path: '/api/openapi.json',
  tag: 'Service',
  summary: 'This document',
  access: 'public',
  answers: [{ status: 200, description: 'OpenAPI 3.1.', mediaType: 'application/json' }],
};

/** For whoever watches over the process. */
export const healthRoute: RouteDoc = {
  id: 'getHealth',
  method: 'get',
  path: '/healthz',
  tag: 'Service',
  summary: 'Whether the process serves requests',
  access: 'public',
  answers: [{ status: 200, description: 'It does.', schema: healthSchema }],
};

/** For whoever sends traffic: an orchestrator or a load balancer. */
export const readinessRoute: RouteDoc = {
  id: 'getReadiness',
  method: 'get',
  path: '/readyz',
  tag: 'Service',
  summary: 'Whether everything that this server needs answers; a 503 names what is missing',
  access: 'public',
  answers: [{ status: 200, description: 'It does.', schema: readinessSchema }],
};
