import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatHistorySchema, chatReplySchema } from '../../api/contract/chat.ts';
import { answered, askForApproval } from '../support/conversation.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { startProduct, type Product } from '../support/product.ts';
import { startScriptedEndpoint } from '../support/scripted-endpoint.ts';
import { openTurn, textOf } from '../support/turn-stream.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

needsSandbox();

let endpoint: Awaited<ReturnType<typeof startScriptedEndpoint>>;
let product: Product;
let user: Visitor;
let admin: Visitor;

beforeAll(async () => {
  endpoint = await startScriptedEndpoint();
  const model = { baseUrl: endpoint.baseUrl, model: 'scripted-1', apiKey: 'k', streaming: true, timeoutMs: 30_000 };
  product = await startProduct({ model });
  user = await signedIn(product.chatUrl, 'user@example.com');
  admin = await signedIn(product.issuer, 'admin@example.com');
});
afterAll(async () => {
  await product.stop();
  await endpoint.stop();
});

const begin = (message: string, more: Record<string, unknown> = {}) =>
  openTurn(product.chatUrl, user, '/chat', { message, ...more });
const messages = async (sessionId: string) =>
  chatHistorySchema.parse((await user.get(`/api/chat-history?session_id=${sessionId}`)).body).messages;
const sessionOf = (turn: Awaited<ReturnType<typeof begin>>) => {
  const [first] = turn.events;
  if (first?.type !== 'turn') throw new Error(`the stream begins with ${first?.type}`);
  return first;
};

describe('a turn as an event stream', () => {
  it('tells the text as it is said, and ends with what the JSON answer would have been', async () => {
    endpoint.script({ slowly: ['There ', 'are ', 'two ', 'files.'], everyMs: 150 });
    const turn = await begin('How many files?');
    expect([turn.status, turn.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await turn.ended;
    expect(turn.events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
    expect(textOf(turn.events)).toBe('There are two files.');
    const last = turn.events.at(-1);
    const { session_id, message_id: asked } = sessionOf(turn);
    const history = await messages(session_id);
    expect(history.map(({ message_id }) => message_id)[0]).toBe(asked);
    expect(last).toMatchObject({
      type: 'reply',
      reply: {
        session_id,
        message_id: history[1]?.message_id,
        status: 'completed',
        reply: 'There are two files.',
        tool_calls: [],
      },
    });
  });

  it('tells each state of a call, and pauses where a person has to decide', async () => {
    endpoint.script({ call: 'execute_command', args: '{"command":"uptime"}', before: 'Let me see. ' });
    const turn = await begin('How long has this been up?');
    await turn.ended;
    const statuses = turn.events.flatMap((event) => (event.type === 'tool_call' ? [event.tool_call.status] : []));
    expect(statuses.at(-1)).toBe('parked');
    const last = turn.events.at(-1);
    if (last?.type !== 'reply') throw new Error(`the stream ends with ${last?.type}`);
    expect(last.reply).toMatchObject({ status: 'awaiting_authorization', tool_calls: [{ status: 'parked' }] });
    expect(textOf(turn.events)).toBe(last.reply.reply);

    // The same answer by JSON, from a retry that has nothing to do.
    const same = await user.post('/retry-message', {
      session_id: last.reply.session_id,
      message_id: last.reply.message_id,
    });
    expect(chatReplySchema.parse(same.body)).toEqual(last.reply);
    const streamed = await openTurn(product.chatUrl, user, '/retry-message', {
      session_id: last.reply.session_id,
      message_id: last.reply.message_id,
    });
    await streamed.ended;
    expect(streamed.events.at(-1)).toEqual({ type: 'reply', reply: last.reply });

    const requestId = await askForApproval(user, last.reply);
    endpoint.script({ say: 'Since this morning.' });
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect((await answered(user, last.reply)).content).toBe('Since this morning.');
  });

  it('goes on without its reader, who finds everything in the history', async () => {
    endpoint.script({ slowly: ['One, ', 'two, ', 'three, ', 'four.'], everyMs: 200 });
    const turn = await begin('Count.');
    await expect.poll(() => textOf(turn.events)).toContain('One,');
    turn.leave();
    await turn.ended;
    const { session_id } = sessionOf(turn);
    // What was said so far is there already, for whoever reloads the page.
    await expect.poll(async () => (await messages(session_id)).at(-1)?.content).toMatch(/^One,/);
    await expect.poll(async () => (await messages(session_id)).at(-1)?.status).toBe('completed');
    expect((await messages(session_id)).at(-1)?.content).toBe('One, two, three, four.');
  });

  it('ends as stopped, with what was said until then, and the model is asked nothing more', async () => {
    endpoint.script({ slowly: ['I could go on ', 'and on '], everyMs: 150, hang: true });
    const turn = await begin('Talk.');
    await expect.poll(() => textOf(turn.events)).toContain('and on');
    const { session_id } = sessionOf(turn);
    await sleep(300);
    expect((await user.post(`/api/chat-sessions/${session_id}/stop`)).body).toMatchObject({ running_calls: [] });
    await turn.ended;
    expect(turn.events.at(-1)).toMatchObject({
      type: 'reply',
      reply: { status: 'stopped', reply: 'I could go on and on' },
    });
    const answers = await messages(session_id);
    expect(answers.at(-1)).toMatchObject({ status: 'stopped', content: 'I could go on and on' });
    // Well before its own time limit of thirty seconds the next message has its turn.
    endpoint.script({ say: 'Yes?' });
    const next = await user.post('/chat', { message: 'Enough.', session_id });
    expect(next.body).toMatchObject({ status: 'completed', reply: 'Yes?' });
  });

  it('refuses what the JSON endpoint refuses, as a problem document', async () => {
    const nobody = visitor(product.chatUrl);
    for (const [who, body, status] of [
      [nobody, { message: 'hello' }, 401],
      [user, { message: ' ' }, 400],
      [user, { message: 'hello', session_id: 'chat_of_somebody_else' }, 404],
    ] as const) {
      const turn = await openTurn(product.chatUrl, who, '/chat', body);
      expect([turn.status, turn.contentType]).toEqual([status, 'application/problem+json; charset=utf-8']);
      await turn.ended;
    }
  });

  it('is told nobody else', async () => {
    endpoint.script({ say: 'Mine.' });
    const turn = await begin('Whose?');
    await turn.ended;
    const other = await signedIn(product.chatUrl, 'demo@example.com');
    const { session_id, message_id } = sessionOf(turn);
    const foreign = await openTurn(product.chatUrl, other, '/retry-message', { session_id, message_id });
    expect(foreign.status).toBe(404);
    await foreign.ended;
  });

  it('ends when its person signs out', async () => {
    const leaving = await signedIn(product.chatUrl, 'manager@example.com');
    endpoint.script({ slowly: Array.from({ length: 200 }, () => 'word '), everyMs: 100 });
    const turn = await openTurn(product.chatUrl, leaving, '/chat', { message: 'Talk long' });
    await expect.poll(() => textOf(turn.events)).toContain('word');
    expect((await leaving.post('/auth/sign-out')).status).toBe(204);
    await turn.ended;
    expect(turn.events.at(-1)?.type).toBe('text');
  });

  it('and waiting for answers is for twenty at a time of one person, and nothing is begun beyond', async () => {
    const many = await signedIn(product.chatUrl, 'demo@example.com');
    endpoint.script(
      ...Array.from({ length: 25 }, () => ({ slowly: Array.from({ length: 100 }, () => '.'), everyMs: 100 })),
    );
    const begun = async () =>
      Number(
        (
          await product.database.db
            .selectFrom('chat_sessions')
            .select((eb) => eb.fn.countAll<string>().as('count'))
            .executeTakeFirstOrThrow()
        ).count,
      );
    const before = await begun();
    const turns = await Promise.all(
      Array.from({ length: 25 }, () => openTurn(product.chatUrl, many, '/chat', { message: 'One of many' })),
    );
    expect(turns.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(turns.filter(({ status }) => status === 429)).toHaveLength(5);
    const json = await many.post('/chat', { message: 'And as JSON' });
    expect([json.status, json.body['code']]).toEqual([429, 'rate_limited']);
    expect((await begun()) - before).toBe(20);
    for (const turn of turns) turn.leave();
    await Promise.all(turns.map(({ ended }) => ended));
  });
});
