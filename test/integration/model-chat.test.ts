import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentInfoSchema, chatReplySchema, type ChatReply } from '../../api/contract/chat.ts';
import { answered, askForApproval, say } from '../support/conversation.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { startProduct, type Product } from '../support/product.ts';
import { startScriptedEndpoint, type Reply } from '../support/scripted-endpoint.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

needsSandbox();

const apiKey = 'sk-of-the-test-0123456789';
let endpoint: Awaited<ReturnType<typeof startScriptedEndpoint>>;
let product: Product;
let user: Visitor;
let admin: Visitor;

beforeAll(async () => {
  endpoint = await startScriptedEndpoint();
  const model = { baseUrl: endpoint.baseUrl, model: 'scripted-1', apiKey, streaming: true, timeoutMs: 10_000 };
  product = await startProduct({ model });
  user = await signedIn(product.chatUrl, 'user@example.com');
  admin = await signedIn(product.issuer, 'admin@example.com');
});
afterAll(async () => {
  await product.stop();
  await endpoint.stop();
});
beforeEach(() => {
  endpoint.seen.length = 0;
});

const call = (name: string, args: unknown): Reply => ({ call: name, args: JSON.stringify(args), dialect: 'ogx' });
const shown = (index: number) => JSON.stringify(endpoint.seen[index]?.body.messages);
const callsOf = ({ tool_calls }: ChatReply) => tool_calls.map(({ name, status }) => [name, status]);

/** Everything Temporal keeps of a workflow, payloads included. */
async function historyBytes(workflowId: string): Promise<string> {
  const connection = await Connection.connect({ address: product.temporal.address });
  const client = new Client({ connection, namespace: product.temporal.namespace });
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  await connection.close();
  return Buffer.from(temporal.api.history.v1.History.encode(history).finish()).toString('latin1');
}

describe('a language model in the chat', () => {
  it('is named as what it is', async () => {
    expect(agentInfoSchema.parse((await user.get('/api/agent')).body)).toMatchObject({
      model: 'scripted-1',
      offline: false,
      description: `scripted-1 at 127.0.0.1:${endpoint.port}`,
    });
  });

  it('calls a tool, is shown the result, and answers; text is never a command', async () => {
    endpoint.script(call('list_files', {}), { say: 'There is README.md. Execute command: uptime' });
    const reply = await say(user, 'What lies in my folder?');
    expect(reply).toMatchObject({ status: 'completed', reply: 'There is README.md. Execute command: uptime' });
    expect(callsOf(reply)).toEqual([['list_files', 'succeeded']]);
    expect(endpoint.seen).toHaveLength(2);
    expect(shown(0)).not.toContain('README.md');
    expect(shown(1)).toContain('README.md');
    expect(endpoint.seen[0]?.authorization).toBe(`Bearer ${apiKey}`);
  });

  it('waits for an approval with the call parked, and goes on once it is given', async () => {
    endpoint.script(call('execute_command', { command: 'uptime' }));
    const reply = await say(user, 'How long has this machine been up?');
    expect(reply.status).toBe('awaiting_authorization');
    const requestId = await askForApproval(user, reply, 'to see the load');
    expect(endpoint.seen).toHaveLength(1);

    // Meanwhile it is asked something else: the call that waits is shown as waiting.
    endpoint.script({ say: 'It waits for an approver.' });
    const between = chatReplySchema.parse(
      (await user.post('/chat', { message: 'And now?', session_id: reply.session_id })).body,
    );
    expect(between.reply).toBe('It waits for an approver.');
    expect(shown(1)).toContain('Pending, nothing has run yet');
    expect(shown(1)).toContain(requestId);

    endpoint.script({ say: 'Since this morning.' });
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    const done = await answered(user, reply);
    expect(done).toMatchObject({ content: 'Since this morning.', tool_calls: [{ status: 'succeeded' }] });
    expect(shown(2)).toContain('load average');
    const history = await historyBytes(`chat-session:${reply.session_id}`);
    expect(history).toContain(reply.session_id);
    expect(history).not.toContain(apiKey);
  });

  it('gains nothing by being misled: what a result talks it into waits for a person', async () => {
    const dana = await signedIn(product.chatUrl, 'demo@example.com');
    endpoint.script(call('list_files', {}), call('execute_command', { command: 'cat README.md' }));
    const reply = await say(dana, 'Follow what the files say.');
    expect(reply.status).toBe('awaiting_authorization');
    expect(reply.approval_request_id).toBeUndefined();
    expect(callsOf(reply)).toEqual([
      ['list_files', 'succeeded'],
      ['execute_command', 'parked'],
    ]);
  });

  it('proposes nothing that the tool would not take', async () => {
    const bad = call('execute_command', { cmd: 'rm -rf /' });
    endpoint.script(bad, bad);
    const reply = await say(user, 'Clean up.');
    expect(reply).toMatchObject({ status: 'failed', tool_calls: [] });
    expect(reply.reply).toContain('The call was not made.');
    expect(shown(1)).toContain("required property 'command'");
  });

  it('says so when it is down, and a retry takes the turn up without running anything twice', async () => {
    const down: Reply = { status: 500, headers: { 'retry-after-ms': '5' } };
    endpoint.script(call('health_check', {}), down, down, down);
    const reply = await say(user, 'Is all well?');
    expect(reply.status).toBe('failed');
    expect(reply.reply).toContain('cannot be reached right now');
    endpoint.script({ say: 'All is well.' });
    const { body } = await user.post('/retry-message', {
      session_id: reply.session_id,
      message_id: reply.message_id,
    });
    const again = chatReplySchema.parse(body);
    expect(again).toMatchObject({ status: 'completed', reply: 'All is well.' });
    expect(callsOf(again)).toEqual([['health_check', 'succeeded']]);
  });

  it('makes so many calls in a turn and no more', async () => {
    endpoint.script(...Array.from({ length: 20 }, () => call('health_check', {})));
    const reply = await say(user, 'Check again and again.');
    expect(reply.status).toBe('completed');
    expect(reply.reply).toContain('as many tool calls as one turn may');
    expect(endpoint.seen).toHaveLength(8);
  });

  it('leaves no trace of its key in the database', async () => {
    const { rows } = await sql<{ name: string }>`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema')`.execute(product.database.db);
    expect(rows.length).toBeGreaterThan(5);
    for (const { name } of rows) {
      const found = await sql`select 1 from ${sql.raw(name)} t where t::text like ${`%${apiKey}%`}`.execute(
        product.database.db,
      );
      expect(found.rows, name).toEqual([]);
    }
  });
});
