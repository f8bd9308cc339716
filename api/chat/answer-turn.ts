import type { Request, Response } from 'express';
import type { StreamLimit } from '../events/stream-limit.ts';
import { asDomainError, toProblem } from '../problems.ts';
import type { ChatReply } from '../contract/chat.ts';
import type { TurnEvent } from '../contract/chat-stream.ts';
import type { ChatDeps } from './deps.ts';
import { TurnTeller } from './turn-teller.ts';
import { waitForReply, type AwaitedReply } from './wait-for-reply.ts';

/** A turn that somebody has begun and wants the answer of. */
interface Turn {
  sessionId: string;
  awaited: AwaitedReply;
  /** When there is nothing to wait for. */
  reply?: ChatReply;
}

/** What a stream needs to know about who reads it. */
interface Reader {
  subject: string;
  limit: StreamLimit;
  /** Whether the sign-in is still good; asked at each heartbeat. */
  isStillAllowed: () => Promise<boolean>;
}

/** Of a JSON answer. */
const answeredWithinMs = 60_000;
const followedForMs = 15 * 60_000;
const heartbeatMs = 15_000;
/** A reader this far behind is cut off; the history has everything. */
const maxBufferedBytes = 256 * 1024;

/** Whether the caller asks for the turn as it happens. */
export function wantsStream(request: Request): boolean {
  return request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}

/**
 * Begins a turn and answers with the reply, or with the way to it as an event stream. Whoever waits for too many answers
 * already is told before anything is begun.
 *
 * @throws {DomainError} `rate_limited`, and what `begin` throws
 */
export async function answerTurn(
  deps: ChatDeps,
  { request, response }: { request: Request; response: Response },
  begin: () => Promise<Turn>,
  reader: Reader,
): Promise<void> {
  const leave = reader.limit.enter(reader.subject);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const turn = await begin();
    if (wantsStream(request)) await streamTurn(deps, response, turn, reader, gone);
    else response.json(turn.reply ?? (await awaitReply(deps, turn, gone.signal)));
  } catch (error) {
    // Nobody is there to be told.
    if (!gone.signal.aborted) throw error;
  } finally {
    leave();
  }
}

/** Nobody waits for the answer of whoever went away. */
function awaitReply(deps: ChatDeps, { sessionId, awaited }: Turn, signal: AbortSignal): Promise<ChatReply> {
  return waitForReply(deps, sessionId, awaited, { forMs: answeredWithinMs, signal });
}

/** See `turnEventSchema`. A reader that goes away changes nothing about the turn. */
async function streamTurn(
  deps: ChatDeps,
  response: Response,
  turn: Turn,
  reader: Reader,
  gone: AbortController,
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Proxies such as nginx would hold events back.
    'X-Accel-Buffering': 'no',
  });
  const write = (text: string): void => {
    if (gone.signal.aborted) return;
    response.write(text);
    if (response.writableLength > maxBufferedBytes) gone.abort();
  };
  const tell = (event: TurnEvent): void => write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const endUnlessAllowed = (): Promise<void> =>
    reader.isStillAllowed().then(
      (allowed) => (allowed ? undefined : gone.abort()),
      () => gone.abort(),
    );
  const heartbeat = setInterval(() => {
    void endUnlessAllowed().then(() => write(': still here\n\n'));
  }, heartbeatMs);
  const unsubscribe = deps.feed.subscribe(({ kind, subject }) => {
    if (kind === 'sign_out' && subject === reader.subject) void endUnlessAllowed();
  });
  const teller = new TurnTeller(tell);
  let followed: { messageId: string; leave: () => void } | undefined;
  try {
    const { awaited } = turn;
    const message_id = 'replyTo' in awaited ? awaited.replyTo : awaited.messageId;
    tell({ type: 'turn', session_id: turn.sessionId, message_id });
    const reply =
      turn.reply ??
      (await waitForReply(deps, turn.sessionId, awaited, {
        forMs: followedForMs,
        signal: gone.signal,
        onReply: (soFar, { message_id: messageId, status }) => {
          teller.calls(messageId, soFar.tool_calls);
          if (status === 'running') teller.stored(messageId, soFar.reply);
          followed ??= {
            messageId,
            leave: deps.liveText.subscribe(messageId, (text) => teller.said(messageId, text)),
          };
        },
      }));
    teller.reply(reply);
  } catch (error) {
    if (!gone.signal.aborted) tell({ type: 'problem', problem: toProblem(asDomainError(error)) });
  } finally {
    clearInterval(heartbeat);
    unsubscribe();
    followed?.leave();
    response.end();
  }
}
