/** Temporal's header of a request's id. */
export const requestIdTrail = 'countersign-request-id';
/** Temporal's header of the trace that a request belongs to (W3C Trace Context). */
export const traceTrail = 'traceparent';
/** What workflows pass on as it is. */
export const trailHeaders = [requestIdTrail, traceTrail] as const;
