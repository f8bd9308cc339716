import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../../../cli/embedded/free-port.ts';
import { pythonVenv } from '../../../cli/python-venv.ts';
import { answered, askForApproval, say } from '../../support/conversation.ts';
import { startProduct, type Product } from '../../support/product.ts';
import { startScriptedEndpoint } from '../../support/scripted-endpoint.ts';
import { signedIn, type Visitor } from '../../support/visitor.ts';
import { pythonFrom, requirementsOf } from '../support/install.ts';

const python = await pythonFrom(12);

/** OGX, formerly Llama Stack, between our agent and a model. */
describe.skipIf(python === undefined)('OGX as the model server of the chat, which needs Python 3.12 or newer', () => {
  let upstream: Awaited<ReturnType<typeof startScriptedEndpoint>>;
  let server: ChildProcess;
  let folder: string;
  let product: Product;
  let user: Visitor;
  let admin: Visitor;

  beforeAll(async () => {
    const programs = dirname(await pythonVenv(requirementsOf('ogx'), python));
    const port = await freePort();
    upstream = await startScriptedEndpoint();
    folder = await mkdtemp(join(tmpdir(), 'countersign-ogx-'));
    await writeFile(join(folder, 'run.yaml'), stringify(runFile(folder, upstream.baseUrl, port)));
    server = spawn(join(programs, 'ogx'), ['run', join(folder, 'run.yaml'), '--insecure'], {
      stdio: 'ignore',
      env: {
        PATH: `${programs}:${process.env['PATH'] ?? ''}`,
        HOME: folder,
        OGX_CONFIG_DIR: folder,
        HF_HUB_OFFLINE: '1',
        OTEL_SDK_DISABLED: 'true',
      },
    });
    await healthy(`http://127.0.0.1:${port}/v1/health`);
    const shipped = await readFile('countersign.policy.yaml', 'utf8');
    const model = { model: 'scripted/scripted-1', streaming: true, timeoutMs: 20_000 };
    product = await startProduct({
      policy: shipped.replaceAll(/granted_at_once_to: \[[^\]]*user[^\]]*\]/g, 'granted_at_once_to: []'),
      model: { ...model, baseUrl: `http://127.0.0.1:${port}/v1` },
    });
    user = await signedIn(product.chatUrl, 'user@example.com');
    admin = await signedIn(product.issuer, 'admin@example.com');
  }, 300_000);
  afterAll(async () => {
    await product.stop();
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers, with a call of a tool that needs no scope', async () => {
    upstream.script({ call: 'get_server_info', args: '{}' }, { say: 'It is Countersign.' });
    const reply = await say(user, 'What server is this?');
    expect(reply).toMatchObject({
      status: 'completed',
      reply: 'It is Countersign.',
      tool_calls: [{ name: 'get_server_info', status: 'succeeded' }],
    });
  });

  it('waits with the call parked until another person has approved, and goes on by itself', async () => {
    upstream.script({ call: 'list_files', args: '{}' });
    const reply = await say(user, 'What lies in my folder?');
    expect(reply.status).toBe('awaiting_authorization');
    const requestId = await askForApproval(user, reply, 'to see');
    upstream.script({ say: 'There is README.md.' });
    expect((await admin.post(`/api/approve/${requestId}`)).status).toBe(200);
    expect(await answered(user, reply)).toMatchObject({
      content: 'There is README.md.',
      tool_calls: [{ status: 'succeeded' }],
    });
    expect(JSON.stringify(upstream.seen.at(-1)?.body.messages)).toContain('README.md');
  });
});

function runFile(folder: string, baseUrl: string, port: number): Record<string, unknown> {
  const sql = (table: string) => ({ table_name: table, backend: 'sql_default' });
  const config = { base_url: baseUrl, api_key: 'of-the-test' };
  return {
    version: 2,
    distro_name: 'countersign-interop',
    apis: ['inference'],
    providers: { inference: [{ provider_id: 'scripted', provider_type: 'remote::openai', config }] },
    storage: {
      backends: {
        kv_default: { type: 'kv_sqlite', db_path: join(folder, 'kv.db') },
        sql_default: { type: 'sql_sqlite', db_path: join(folder, 'sql.db') },
      },
      stores: {
        metadata: { namespace: 'registry', backend: 'kv_default' },
        inference: sql('inference_store'),
        conversations: sql('openai_conversations'),
        prompts: sql('prompts'),
        connectors: sql('connectors'),
      },
    },
    server: { host: '127.0.0.1', port },
  };
}

async function healthy(address: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(200);
  }
  throw new Error(`${address} does not answer`);
}
