import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

/** Where the read-only proxy stands, and before what. */
export interface TemporalUiProxyOptions {
  /** The public port. */
  port: number;
  /** Path of the page that `/` leads to. */
  home: string;
  /** Where the embedded server's own UI listens, on loopback. */
  target: () => number;
}

/** Queries change nothing, and the UI shows a workflow's stack and metadata by them. */
const queryPath = /^\/api\/v1\/namespaces\/[^/?]+\/workflows\/[^/?]+\/query\/[^/?]+(?:\?|$)/;
const settingsPath = /^\/api\/v1\/settings(?:\?|$)/;

/** Switches of the UI that its settings endpoint carries; the proxy enforces what they only hide. */
const readOnlySettings = {
  DisableWriteActions: true,
  WorkflowTerminateDisabled: true,
  WorkflowCancelDisabled: true,
  WorkflowSignalDisabled: true,
  WorkflowUpdateDisabled: true,
  WorkflowResetDisabled: true,
  WorkflowPauseDisabled: true,
  BatchActionsDisabled: true,
  StartWorkflowDisabled: true,
  ActivityCommandsDisabled: true,
};

const neverFramed = { 'x-frame-options': 'DENY' };

/** Stands before Temporal's UI and lets only reading through (RULES 29), for our own host name only (RULES 7). */
export async function startTemporalUiProxy(options: TemporalUiProxyOptions): Promise<{ close(): Promise<void> }> {
  const hosts = new Set([`localhost:${options.port}`, `127.0.0.1:${options.port}`]);
  const server = createServer((request, response) => {
    const refusal = refuse(request, hosts);
    for (const [name, value] of Object.entries(neverFramed)) response.setHeader(name, value);
    // The UI opens on the namespace `default`, where there is nothing of ours.
    if (refusal === undefined && isFrontPage(request)) response.writeHead(302, { location: options.home }).end();
    else if (refusal === undefined) forward(request, response, options.target());
    else respond(response, refusal.status, refusal.text);
  });
  await listen(server, options.port);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(request: IncomingMessage, hosts: ReadonlySet<string>): { status: number; text: string } | undefined {
  const url = request.url ?? '/';
  if (!hosts.has(request.headers.host ?? '')) return { status: 421, text: 'This is not the host you asked for.' };
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  // An encoded slash or a dot segment could mean another path to the server behind.
  if (request.method === 'POST' && queryPath.test(url) && !/%2f|%5c|\/\.\.?\//i.test(url)) return undefined;
  return { status: 405, text: 'This view of Temporal is read only.' };
}

function isFrontPage(request: IncomingMessage): boolean {
  return request.url === '/' || request.url === '/namespaces/default/workflows';
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const rewrite = settingsPath.test(request.url ?? '');
  const headers: IncomingHttpHeaders = { ...request.headers, host: `127.0.0.1:${port}` };
  delete headers['x-http-method-override'];
  if (rewrite) delete headers['accept-encoding'];
  const upstream = httpRequest(
    { host: '127.0.0.1', port, method: request.method, path: request.url, headers },
    (answer) => {
      if (rewrite && answer.statusCode === 200) void rewriteSettings(answer, response);
      else {
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...neverFramed });
        answer.pipe(response);
      }
    },
  );
  upstream.on('error', () =>
    respond(
      response,
      503,
      'The embedded Temporal server does not answer. It is being started again; reload in a moment.',
    ),
  );
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

async function rewriteSettings(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const settings: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const body = JSON.stringify({ ...(typeof settings === 'object' ? settings : {}), ...readOnlySettings });
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body);
  } catch {
    respond(response, 502, 'The embedded Temporal server gave no settings.');
  }
}

function respond(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      ...(status === 503 ? { 'retry-after': '5' } : {}),
    })
    .end(`${text}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen({ port, host: '127.0.0.1' }, () => resolve());
  });
}
