import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatHistorySchema, chatSessionListSchema } from '../../api/contract/chat.ts';
import { stoppedSchema } from '../../api/contract/conversations.ts';
import { stopTurns } from '../../activities/store/stop-turns.ts';
import { answered, askForApproval, messageOf, say, statusOf } from '../support/conversation.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { startProduct, type Product } from '../support/product.ts';
import { startScriptedEndpoint } from '../support/scripted-endpoint.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

needsSandbox();

let endpoint: Awaited<ReturnType<typeof startScriptedEndpoint>>;
let product: Product;
let user: Visitor;
let other: Visitor;
let admin: Visitor;
let temporal: Client;
let connection: Connection;

beforeAll(async () => {
  endpoint = await startScriptedEndpoint();
  const model = { baseUrl: endpoint.baseUrl, model: 'scripted-1', apiKey: 'k', streaming: true, timeoutMs: 30_000 };
  product = await startProduct({ model });
  user = await signedIn(product.chatUrl, 'user@example.com');
  other = await signedIn(product.chatUrl, 'demo@example.com');
  admin = await signedIn(product.issuer, 'admin@example.com');
  connection = await Connection.connect({ address: product.temporal.address });
  temporal = new Client({ connection, namespace: product.temporal.namespace });
});
afterAll(async () => {
  await connection.close();
  await product.stop();
  await endpoint.stop();
});

const command = (line: string) => ({ call: 'execute_command', args: JSON.stringify({ command: line }) });
const sessions = async (who: Visitor) =>
  chatSessionListSchema.parse((await who.get('/api/chat-sessions')).body).sessions;
const rowsOf = async (sessionId: string) => {
  const count = async (table: 'chat_sessions' | 'chat_messages' | 'tool_calls') =>
    (await product.database.db.selectFrom(table).select('session_id').where('session_id', '=', sessionId).execute())
      .length;
  return [await count('chat_sessions'), await count('chat_messages'), await count('tool_calls')];
};
const audited = (type: string, sessionId: string) =>
  product.database.db
    .selectFrom('audit_events')
    .select(['actor', 'data'])
    .where('type', '=', type)
    .where('session_id', '=', sessionId)
    .execute();
const stop = async (who: Visitor, sessionId: string) =>
  stoppedSchema.parse((await who.post(`/api/chat-sessions/${sessionId}/stop`)).body);
/** Sends without waiting for the answer. @returns the conversation it begins and the answer to come */
const begin = async (who: Visitor, message: string) => {
  const known = new Set((await sessions(who)).map(({ session_id }) => session_id));
  const answer = who.post('/chat', { message });
  let sessionId = '';
  await expect
    .poll(async () => (sessionId = (await sessions(who)).find((one) => !known.has(one.session_id))?.session_id ?? ''))
    .not.toBe('');
  return { sessionId, answer };
};
const messages = async (who: Visitor, sessionId: string) =>
  chatHistorySchema.parse((await who.get(`/api/chat-history?session_id=${sessionId}`)).body).messages;

describe('a conversation’s name', () => {
  it('is changed by its person, and the conversation keeps its place', async () => {
    endpoint.script({ say: 'One.' }, { say: 'Two.' });
    const first = await say(user, 'first');
    const second = await say(user, 'second');
    const renamed = await user.post(`/api/chat-sessions/${first.session_id}/rename`, { title: '  Disk space  ' });
    expect(renamed.body).toEqual({ session_id: first.session_id, title: 'Disk space' });
    expect((await sessions(user)).map(({ session_id, title }) => [session_id, title]).slice(0, 2)).toEqual([
      [second.session_id, 'second'],
      [first.session_id, 'Disk space'],
    ]);
    expect(await audited('conversation.renamed', first.session_id)).toHaveLength(1);
  });

  it.each([[''], ['   '], ['x'.repeat(121)]])('is not %o', async (title) => {
    const [session] = await sessions(user);
    expect((await user.post(`/api/chat-sessions/${session?.session_id}/rename`, { title })).status).toBe(400);
  });
});

describe('deleting a conversation', () => {
  it('leaves nothing of it but the record, withdraws its request and ends its workflow', async () => {
    endpoint.script(command('uptime'));
    const reply = await say(user, 'How long?');
    const requestId = await askForApproval(user, reply, 'to see');
    const workflow = temporal.workflow.getHandle(`chat-session:${reply.session_id}`);
    expect((await workflow.describe()).status.name).toBe('RUNNING');

    expect((await user.post(`/api/chat-sessions/${reply.session_id}/delete`)).status).toBe(204);
    expect(await rowsOf(reply.session_id)).toEqual([0, 0, 0]);
    expect((await user.get(`/api/chat-history?session_id=${reply.session_id}`)).status).toBe(404);
    expect((await sessions(user)).some(({ session_id }) => session_id === reply.session_id)).toBe(false);
    await expect.poll(async () => (await statusOf(admin, requestId)).status).toBe('cancelled');
    await expect.poll(async () => (await workflow.describe()).status.name).toBe('CANCELLED');
    expect(await audited('conversation.deleted', reply.session_id)).toMatchObject([
      { data: { messages: 2, calls: 1, calls_waiting: 1, requests_withdrawn: [requestId] } },
    ]);
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(409);
    expect((await user.post(`/api/chat-sessions/${reply.session_id}/delete`)).status).toBe(404);
  });

  it('stops the model in the middle of its turn, and nothing comes back', async () => {
    endpoint.script('hang');
    const { sessionId, answer } = await begin(user, 'Think for long.');
    await expect.poll(async () => (await rowsOf(sessionId))[1]).toBe(2);
    expect((await user.post(`/api/chat-sessions/${sessionId}/delete`)).status).toBe(204);
    expect((await answer).status).toBe(404);
    const workflow = temporal.workflow.getHandle(`chat-session:${sessionId}`);
    await expect.poll(async () => (await workflow.describe()).status.name).toBe('CANCELLED');
    expect(await rowsOf(sessionId)).toEqual([0, 0, 0]);
  });
});

describe('stopping', () => {
  it('ends a turn in which the model is thinking, as stopped and not as failed', async () => {
    endpoint.script('hang');
    const { sessionId, answer } = await begin(user, 'Think for long.');
    await expect.poll(async () => (await messages(user, sessionId)).at(-1)?.status).toBe('running');
    const stopped = await stop(user, sessionId);
    expect(stopped.stopped_messages).toHaveLength(1);
    expect((await answer).body).toMatchObject({ status: 'stopped', tool_calls: [] });
    expect((await messages(user, sessionId)).at(-1)).toMatchObject({ role: 'assistant', status: 'stopped' });
    expect(await audited('conversation.stopped', sessionId)).toHaveLength(1);
    expect((await stop(user, sessionId)).stopped_messages).toEqual([]);

    // The conversation goes on, and the stopped turn can be had after all.
    endpoint.script({ say: 'Here I am.' });
    const next = await user.post('/chat', { message: 'Are you there?', session_id: sessionId });
    expect(next.body).toMatchObject({ status: 'completed', reply: 'Here I am.' });
    endpoint.script({ say: 'Thought.' });
    const retried = await user.post('/retry-message', {
      session_id: sessionId,
      message_id: stopped.stopped_messages[0],
    });
    expect(retried.body).toMatchObject({ status: 'completed', reply: 'Thought.' });
  });

  it('does not undo a call that runs, notes what came of it, and asks the model nothing more', async () => {
    // The offline functions of the workspace are too quick to be stopped: the call is held where it is claimed.
    endpoint.script({ call: 'list_files', args: '{}' });
    const reply = await say(other, 'What lies here?');
    expect(reply.tool_calls[0]?.status).toBe('succeeded');
    const { db } = product.database;
    const callId = reply.tool_calls[0]?.call_id ?? '';
    await db
      .updateTable('chat_messages')
      .set({ status: 'running' })
      .where('message_id', '=', reply.message_id)
      .execute();
    await db
      .updateTable('tool_calls')
      .set({ status: 'running', claimed_at: new Date() })
      .where('call_id', '=', callId)
      .execute();
    const stopped = await stop(other, reply.session_id);
    expect(stopped).toMatchObject({
      stopped_messages: [reply.message_id],
      cancelled_calls: [],
      running_calls: [callId],
    });
    expect((await messageOf(other, reply)).tool_calls?.[0]?.status).toBe('running');
    // Nobody runs it any more, which the sweeper finds out; in a stopped turn not even a harmless call is repeated.
    await db
      .updateTable('tool_calls')
      .set({ claimed_at: sql<Date>`now() - interval '1 hour'` })
      .where('call_id', '=', callId)
      .execute();
    await expect.poll(async () => (await messageOf(other, reply)).tool_calls?.[0]?.status).toBe('unknown');
    expect((await messageOf(other, reply)).status).toBe('stopped');
    expect(endpoint.seen.at(-1)?.body.messages.at(-1)?.role).toBe('tool');
  });

  it('leaves alone what waits for a person', async () => {
    endpoint.script(command('date'));
    const reply = await say(user, 'Which day is it?');
    const requestId = await askForApproval(user, reply);
    expect(await stop(user, reply.session_id)).toMatchObject({ stopped_messages: [], cancelled_calls: [] });
    endpoint.script({ say: 'Wednesday.' });
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect(await answered(user, reply)).toMatchObject({ status: 'completed', content: 'Wednesday.' });
  });

  it('cancels a call that has not begun', async () => {
    endpoint.script({ say: 'Hello.' });
    const reply = await say(user, 'Hi.');
    const { db } = product.database;
    const stopped = await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('chat_messages')
        .set({ status: 'running' })
        .where('message_id', '=', reply.message_id)
        .execute();
      await trx
        .insertInto('tool_calls')
        .values({
          call_id: `call_of_${reply.message_id}`,
          session_id: reply.session_id,
          message_id: reply.message_id,
          name: 'execute_command',
          arguments: '{"command":"id"}',
          arguments_digest: 'd',
          status: 'proposed',
        })
        .execute();
      return stopTurns(trx, reply.session_id);
    });
    expect(stopped).toEqual({
      messages: [reply.message_id],
      cancelled: [`call_of_${reply.message_id}`],
      running: [],
    });
    expect(await messageOf(user, reply)).toMatchObject({ status: 'stopped', tool_calls: [{ status: 'cancelled' }] });
  });
});

describe('whose conversation it is', () => {
  it.each(['rename', 'stop', 'delete'])('nobody else may %s it, nor another site', async (what) => {
    endpoint.script({ say: 'Mine.' });
    const { session_id: id } = await say(user, 'Whose is this?');
    const path = `/api/chat-sessions/${id}/${what}`;
    expect((await other.post(path, { title: 'theirs' })).status).toBe(404);
    expect((await user.post(path, { title: 'x' }, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await fetch(product.chatUrl + path, { method: 'POST' })).status).toBe(401);
    expect((await sessions(user))[0]).toMatchObject({ session_id: id, title: 'Whose is this?' });
  });
});
