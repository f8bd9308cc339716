import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** Connections stay open between questions, for less time than servers keep them by default. */
const kept = { keepAlive: true, timeout: 4_000 };
const [httpAgent, httpsAgent] = [new HttpAgent(kept), new HttpsAgent(kept)];

/**
 * Posts a form and reads the answer. Asked at every request of a tool: Node's own client takes a third of the processor time
 * that `fetch` does. Redirects are answers like any other.
 *
 * @param options.withinMs from the beginning to the last byte of the answer
 */
export async function postForm(
  url: URL,
  form: URLSearchParams,
  options: { headers: Readonly<Record<string, string>>; withinMs: number },
): Promise<{ status: number; body: string }> {
  const body = form.toString();
  const secure = url.protocol === 'https:';
  const headers = {
    ...options.headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
  };
  const settings = { method: 'POST', headers, signal: AbortSignal.timeout(options.withinMs) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = secure
      ? httpsRequest(url, { ...settings, agent: httpsAgent })
      : httpRequest(url, { ...settings, agent: httpAgent });
    request.once('response', resolve).on('error', reject).end(body);
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}
