import type { z } from 'zod';
import type { DomainErrorCode } from '../../workflows/domain/errors.ts';

/** One way in which a route answers when nothing is wrong. */
export interface AnswerDoc {
  status: 200 | 202 | 204 | 303;
  description: string;
  /** Of the JSON body; it has to stand in `namedSchemas`. Absent for answers without JSON. */
  schema?: z.ZodType;
  /** Of the events, where the same answer can be had as an event stream; it has to stand in `namedSchemas`. */
  stream?: z.ZodType;
  /** Of an answer that is not JSON. */
  mediaType?: MediaType | readonly MediaType[];
}

type MediaType = 'text/event-stream' | 'application/json' | 'application/jsonl' | 'text/csv';

/** One route of the wire contract: what the document says about it and what tests hold its answers to. */
export interface RouteDoc {
  /** The document's `operationId`. */
  id: string;
  method: 'get' | 'post';
  /** With parameters as `{id}`. */
  path: string;
  tag:
    'Requests' | 'Grants' | 'Tools' | 'Administration' | 'Reading' | 'Access' | 'Session' | 'Conversation' | 'Service';
  summary: string;
  access: 'public' | 'signed_in';
  /** Refuses requests that another site makes a browser send (RULES 6). */
  guarded?: true;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** A header that the route reads. */
  header?: { name: string; description: string };
  answers: readonly AnswerDoc[];
  /** Refusals of its own, besides those that `problemCodes` adds for every route of its kind. */
  problems?: readonly DomainErrorCode[];
}

const everywhere: readonly DomainErrorCode[] = [
  'headers_too_large',
  'internal_error',
  'invalid_request',
  'payload_too_large',
  'request_timeout',
  'temporarily_unavailable',
  'unsupported_media_type',
  'wrong_host',
];

/** Every code that a route's problem documents may carry. */
export function problemCodes(route: RouteDoc): DomainErrorCode[] {
  return [
    ...new Set<DomainErrorCode>([
      ...everywhere,
      ...(route.access === 'signed_in' ? (['client_blocked', 'not_signed_in'] as const) : []),
      ...(route.guarded === true ? (['cross_site_request'] as const) : []),
      ...(route.path.includes('{id}') ? (['not_found'] as const) : []),
      ...(route.problems ?? []),
    ]),
  ].sort();
}
