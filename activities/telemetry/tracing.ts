import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type SpanKind,
} from '@opentelemetry/api';
import { requestIdHeaders } from './request-context.ts';

/** What a span is told beside its name. */
export interface SpanOptions {
  kind: SpanKind;
  attributes: Readonly<Record<string, string | number | undefined>>;
  /** Where the work comes from; by default the span that is active. */
  parent?: Context;
}

/** Does work in a span; where traces are off, only the work is done. */
export async function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const parent = options.parent ?? context.active();
  const span = trace
    .getTracer('countersign')
    .startSpan(name, { kind: options.kind, attributes: { ...options.attributes } }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    // The message of an error may quote data; its name does not.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    throw error;
  } finally {
    span.end();
  }
}

/** The trace that a caller says its request belongs to (W3C Trace Context). */
export function traceOf(carrier: Readonly<Record<string, unknown>>): Context {
  const { traceparent } = carrier;
  return propagation.extract(ROOT_CONTEXT, typeof traceparent === 'string' ? { traceparent } : {});
}

/** The active trace in the form in which it travels; undefined where traces are off. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
}

/** What a request to another server of ours carries: the request's id and its trace. */
export function outgoingHeaders(): Record<string, string> {
  const traceparent = currentTraceparent();
  return { ...requestIdHeaders(), ...(traceparent === undefined ? {} : { traceparent }) };
}
