import { z } from 'zod';
import { httpListener } from '../../api/http/listen.ts';

const attributeSchema = z.object({ key: z.string(), value: z.looseObject({ stringValue: z.string().optional() }) });
const spanSchema = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(attributeSchema).default([]),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema) })) })),
});

/** A span as it came over the wire. */
export type CollectedSpan = z.infer<typeof spanSchema>;

/** The smallest collector: takes OTLP over HTTP with JSON and keeps the spans. */
export async function startTraceCollector(): Promise<{
  endpoint: string;
  spans: CollectedSpan[];
  stop(): Promise<void>;
}> {
  const spans: CollectedSpan[] = [];
  const http = httpListener((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') {
        for (const { scopeSpans } of exportSchema.parse(JSON.parse(body)).resourceSpans)
          for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }, 0);
  await http.open();
  return { endpoint: `http://localhost:${http.port()}`, spans, stop: () => http.close() };
}
