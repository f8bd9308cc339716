/** Each call of a batch is asked about and recorded by itself: a client that sends one has a few things to do at once. */
export const mostCallsOfBatch = 5;

/**
 * Refuses a batch (revision 2025-03-26) by which one request would become many questions, before any of them is asked.
 *
 * @returns what to answer; undefined for everything else
 */
export function refuseLargeBatch(message: unknown): Response | undefined {
  if (!Array.isArray(message) || message.filter(isCall).length <= mostCallsOfBatch) return undefined;
  const text = `Invalid Request: a batch may have at most ${mostCallsOfBatch} tools/call. Send each further call as a request of its own.`;
  return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32_600, message: text } }, { status: 400 });
}

function isCall(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'method' in entry && entry.method === 'tools/call';
}
