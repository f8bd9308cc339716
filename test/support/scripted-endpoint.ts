import { createServer, type ServerResponse } from 'node:http';
import { text as bodyOf } from 'node:stream/consumers';

/** How a server breaks a tool call into deltas; each way was met with a real one. */
export type Dialect = 'plain' | 'ogx' | 'no-index' | 'no-type' | 'name-late';

/** What the endpoint answers to one request. */
export type Reply =
  | { say: string; finish?: string | null }
  /** Piece by piece, as a model speaks and, with `hang`, never to an end. */
  | { slowly: readonly string[]; everyMs: number; hang?: boolean }
  | { call: string; args: string; dialect?: Dialect; before?: string }
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | { raw: string; type?: string }
  | 'hang'
  | 'cut';

export interface SeenRequest {
  authorization: string | undefined;
  body: { model?: string; stream?: boolean; tools?: unknown[]; messages: { role: string; content: unknown }[] };
}

/** An OpenAI-compatible endpoint that says what it is told to, over real HTTP. */
export async function startScriptedEndpoint(port = 0) {
  const script: Reply[] = [];
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/models') {
      const data = [{ id: 'scripted-1', object: 'model', created: 0, owned_by: 'test' }];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data }));
      return;
    }
    const body = JSON.parse(await bodyOf(request)) as SeenRequest['body'];
    seen.push({ authorization: request.headers.authorization, body });
    const reply = script.shift() ?? { status: 418, body: { error: { message: 'nothing scripted' } } };
    if (request.url !== '/v1/chat/completions') response.writeHead(404).end();
    else answer(response, reply, body.stream === true);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const used = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${used}/v1`,
    port: used,
    script: (...replies: Reply[]) => script.splice(0, script.length, ...replies),
    seen,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, reply: Reply, streamed: boolean): void {
  const json = (value: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const sse = (chunks: unknown[], done = true) =>
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') + (done ? 'data: [DONE]\n\n' : ''));
  if (reply === 'hang') return;
  if (reply === 'cut') {
    response.writeHead(200, { 'content-type': streamed ? 'text/event-stream' : 'application/json' });
    response.write(streamed ? `data: ${JSON.stringify(chunk({ content: 'half a sen' }))}\n\n` : '{"choices": [');
    setTimeout(() => response.destroy(), 20);
  } else if ('raw' in reply) {
    response.writeHead(200, { 'content-type': reply.type ?? 'text/event-stream' }).end(reply.raw);
  } else if ('slowly' in reply) {
    void speakSlowly(response, reply);
  } else if ('status' in reply) {
    response
      .writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
      .end(JSON.stringify(reply.body ?? { error: { message: 'no' } }));
  } else if ('say' in reply) {
    const finish = reply.finish === undefined ? 'stop' : reply.finish;
    if (streamed)
      sse([...(reply.say.match(/.{1,3}/gsu) ?? []).map((content) => chunk({ content })), chunk({}, finish)]);
    else json(whole({ content: reply.say }, finish ?? 'stop'));
  } else if (streamed) {
    const before = reply.before === undefined ? [] : [chunk({ content: reply.before })];
    sse([...before, ...deltas(reply).map((tool_call) => chunk({ tool_calls: [tool_call] })), chunk({}, 'tool_calls')]);
  } else {
    const call = { id: 'call_1', type: 'function', function: { name: reply.call, arguments: reply.args } };
    json(whole({ content: reply.before ?? null, tool_calls: [call] }, 'tool_calls'));
  }
}

async function speakSlowly(
  response: ServerResponse,
  { slowly, everyMs, hang = false }: Extract<Reply, { slowly: readonly string[] }>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (value: unknown): void => void response.write(`data: ${JSON.stringify(value)}\n\n`);
  for (const content of slowly) {
    send(chunk({ content }));
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
  if (hang) return;
  send(chunk({}, 'stop'));
  response.end('data: [DONE]\n\n');
}

function deltas({ call: name, args, dialect = 'plain' }: { call: string; args: string; dialect?: Dialect }): unknown[] {
  const pieces = [args.slice(0, 4), args.slice(4, 9), args.slice(9)];
  const rest = pieces.slice(1);
  switch (dialect) {
    case 'plain':
      return [
        { index: 0, id: 'call_1', type: 'function', function: { name, arguments: pieces[0] } },
        ...rest.map((piece) => ({ index: 0, function: { arguments: piece } })),
      ];
    case 'ogx':
      return [
        { index: 0, id: 'call_1', type: 'function', function: { name, arguments: pieces[0] } },
        ...rest.map((piece) => ({ index: 0, id: null, type: null, function: { name: null, arguments: piece } })),
      ];
    case 'no-index':
      return [{ id: 'call_1', type: 'function', function: { name, arguments: args } }];
    case 'no-type':
      return [
        { index: 0, id: 'call_1', function: { name, arguments: pieces[0] } },
        ...rest.map((piece) => ({ index: 0, function: { arguments: piece } })),
      ];
    case 'name-late':
      return [
        { index: 0, id: 'call_1', type: 'function', function: { arguments: pieces[0] } },
        { index: 0, function: { name, arguments: pieces[1] } },
        { index: 0, function: { arguments: pieces[2] } },
      ];
    default:
      return dialect satisfies never;
  }
}

function chunk(delta: unknown, finish: string | null = null): unknown {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'scripted-1',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

function whole(message: object, finish: string): unknown {
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'scripted-1',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  };
}
