import type { Db } from '../../activities/store/connect.ts';
import { connectToLaunched } from '../support/launched-store.ts';

/** The states of a call's card, by what the conversation calls them. */
export const cardNames = [
  ...['proposed', 'not asked', 'waiting', 'ready', 'running', 'succeeded', 'failed', 'unknown', 'denied', 'expired'],
  ...['withdrawn', 'stopped', 'superseded', 'scope unavailable', 'hidden characters'],
] as const;

const hour = 3_600_000;

/**
 * A conversation with one call in every state, as the servers would have written it. It is dated ahead, so that nothing
 * takes it for left behind and repairs it.
 */
export async function seedCards(stateFolder: string, email: string): Promise<{ sessionId: string }> {
  const store = await connectToLaunched(stateFolder);
  try {
    return await seed(store.db, email);
  } finally {
    await store.close();
  }
}

async function seed(db: Db, email: string): Promise<{ sessionId: string }> {
  const subjectOf = async (address: string): Promise<string> =>
    (await db.selectFrom('people').select('subject').where('email', '=', address).executeTakeFirstOrThrow()).subject;
  const [subject, admin] = [await subjectOf(email), await subjectOf('admin@example.com')];
  const id = Math.random().toString(36).slice(2);
  const sessionId = `chat_cards_${id}`;
  const ahead = new Date(Date.now() + 24 * hour);
  await db
    .insertInto('chat_sessions')
    .values({ session_id: sessionId, subject, title: 'Every state of a card', updated_at: ahead })
    .execute();
  const error = {
    error_type: 'authorization_error' as const,
    tool_name: 'execute_command',
    required_scope: 'execute:commands',
    current_scopes: [],
    approval_type: 'admin_required' as const,
    user_email: email,
  };
  const request = async (name: string, end?: 'denied' | 'expired' | 'cancelled'): Promise<string> => {
    const request_id = `req_cards_${name}_${id}`;
    await db
      .insertInto('scope_requests')
      .values({
        request_id,
        subject,
        client_id: 'countersign-chat',
        session_id: sessionId,
        scopes: ['execute:commands'],
        tool_name: 'execute_command',
        tool_args: JSON.stringify({ command: 'ps aux | head -5' }),
        justification: null,
        digest: request_id,
        dedupe_key: request_id,
      })
      .execute();
    await db
      .updateTable('scope_requests')
      .set({ status: 'pending', approval_type: 'admin_required', expires_at: new Date(Date.now() + 23 * hour) })
      .where('request_id', '=', request_id)
      .execute();
    if (end === undefined) return request_id;
    await db
      .updateTable('scope_requests')
      .set({
        status: end,
        decided_at: new Date(),
        ...(end === 'denied' ? { decided_by: admin, decision_note: 'Not on this machine, please.' } : {}),
      })
      .where('request_id', '=', request_id)
      .execute();
    return request_id;
  };
  const needs = { required_scopes: ['execute:commands'], authorization_error: JSON.stringify(error), parked_count: 1 };
  const output = { stdout: 'PID COMMAND\n  1 init\n', stderr: '', exit_code: 0, duration_ms: 12, truncated: false };
  const cards = [
    { name: 'proposed', status: 'proposed' },
    { name: 'not asked', status: 'parked', ...needs },
    { name: 'waiting', status: 'parked', ...needs, request_id: await request('waiting') },
    { name: 'ready', status: 'ready', ...needs },
    { name: 'running', status: 'running', claimed_at: ahead },
    { name: 'succeeded', status: 'succeeded', result: JSON.stringify(output) },
    { name: 'failed', status: 'failed', result: '{"error":"No such command: psx"}' },
    { name: 'unknown', status: 'unknown' },
    { name: 'denied', status: 'denied', ...needs, request_id: await request('denied', 'denied') },
    { name: 'expired', status: 'expired', ...needs, request_id: await request('expired', 'expired') },
    { name: 'withdrawn', status: 'cancelled', ...needs, request_id: await request('withdrawn', 'cancelled') },
    { name: 'stopped', status: 'cancelled' },
    { name: 'superseded', status: 'superseded', ...needs },
    {
      name: 'scope unavailable',
      status: 'scope_unavailable',
      ...needs,
      result: '{"error":"The scope was gone again."}',
    },
    { name: 'hidden characters', status: 'succeeded', result: JSON.stringify({ text: 'a\u202eb\u0007c\u{E0100}d' }) },
  ] as const;
  for (const { name, ...call } of cards) {
    const own = `${name.replaceAll(' ', '_')}_${id}`;
    const common = { session_id: sessionId };
    await db
      .insertInto('chat_messages')
      .values({
        ...common,
        message_id: `msg_u_${own}`,
        role: 'user',
        reply_to: null,
        content: `The card that is: ${name}`,
        status: 'completed',
      })
      .execute();
    await db
      .insertInto('chat_messages')
      .values({
        ...common,
        message_id: `msg_a_${own}`,
        role: 'assistant',
        reply_to: `msg_u_${own}`,
        content: '',
        status: call.status === 'parked' ? 'awaiting_authorization' : name === 'stopped' ? 'stopped' : 'completed',
      })
      .execute();
    await db
      .insertInto('tool_calls')
      .values({
        ...common,
        call_id: `call_${own}`,
        message_id: `msg_a_${own}`,
        name: 'execute_command',
        arguments: JSON.stringify({
          command: name === 'hidden characters' ? 'echo \u202e\u{E0100}x' : 'ps aux | head -5',
        }),
        arguments_digest: own,
        ...call,
      })
      .execute();
  }
  await db.updateTable('chat_sessions').set({ updated_at: ahead }).where('session_id', '=', sessionId).execute();
  return { sessionId };
}
