import { isJsonContentType } from '@modelcontextprotocol/server';

/**
 * What a request says, read once for whoever looks at it and for the handler behind.
 *
 * @param parsed its body, where the application has read it
 * @returns `message`: undefined for what has no body, or none in JSON, which is the handler's to refuse. `forward`: the
 * request to hand on, with its body where there is no message.
 */
export async function readMessage(request: Request, parsed: unknown): Promise<{ message: unknown; forward: Request }> {
  if (parsed !== undefined || request.method !== 'POST' || !isJsonContentType(request.headers.get('content-type')))
    return { message: parsed, forward: request };
  const text = await request.text();
  try {
    return { message: JSON.parse(text), forward: request };
  } catch {
    const { url, method, headers, signal } = request;
    return { message: undefined, forward: new Request(url, { method, headers, signal, body: text }) };
  }
}
