import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** What came back, unparsed. */
export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The `code` of a problem document or of an OAuth or JSON-RPC error, whichever it is. */
  code: unknown;
}

/** Sends what `fetch` would not: any path, `Host`, body bytes, header. @param base address of the server */
export function send(
  base: string,
  target: { method?: string; path: string; headers?: Record<string, string | string[]>; body?: string | Uint8Array },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        path: target.path,
        method: target.method ?? 'GET',
        headers: target.headers ?? {},
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeOf(text) });
        });
      },
    );
    // A refusal may come, and close, before all is sent.
    sent.on('error', reject).end(target.body);
  });
}

/** Writes bytes and reads until the server closes. */
export function sendBytes(base: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
}

function codeOf(text: string): unknown {
  try {
    const { code, error } = JSON.parse(text) as { code?: unknown; error?: unknown };
    if (code !== undefined) return code;
    return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
  } catch {
    return undefined;
  }
}
