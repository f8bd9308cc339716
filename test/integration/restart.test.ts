import { access, readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatMessageView, ChatReply } from '../../api/contract/chat.ts';
import { untilStored } from '../support/chaos.ts';
import { answered, askForApproval, messageOf, say, statusOf } from '../support/conversation.ts';
import { connectToLaunched, runtimeFolders } from '../support/launched-store.ts';
import {
  gone,
  launch,
  launchPorts,
  removeStateFolder,
  temporaryStateFolder,
  type Launched,
  type LaunchedPorts,
} from '../support/launched.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

needsSandbox();

let stateFolder: string;
let ports: LaunchedPorts;
let product: Launched;
let admin: Visitor;

beforeAll(async () => {
  stateFolder = await temporaryStateFolder();
  ports = await launchPorts();
  product = await launch({ stateFolder, ports });
  admin = await signedIn(product.issuer, 'admin@example.com');
}, 180_000);

afterAll(async () => {
  await product.stop();
  await removeStateFolder(stateFolder);
});

/** Each test has somebody of its own: a grant of one would let the call of another run at once. */
async function waitingFor(email: string, message: string): Promise<Waiting> {
  const who = await signedIn(product.chatUrl, email);
  const reply = await say(who, message);
  expect(reply.status).toBe('awaiting_authorization');
  return { who, reply, requestId: await askForApproval(who, reply, 'to see what runs') };
}

interface Waiting {
  who: Visitor;
  reply: ChatReply;
  requestId: string;
}

const approve = (requestId: string) => admin.post(`/api/approve/${requestId}`);

async function expectRunOnce({ reply }: Waiting, message: ChatMessageView, command: string): Promise<void> {
  expect(message.tool_calls?.[0], message.content).toMatchObject({
    status: 'succeeded',
    approval: { status: 'approved', approved_by: 'admin@example.com' },
  });
  expect(message.content).toContain(`Output of \`${command}\``);
  expect(await timesRun(reply)).toBe(1);
}

/** How often the audit table says that the call of a reply ran. */
async function timesRun(reply: ChatReply): Promise<number> {
  const { db, close } = await connectToLaunched(stateFolder);
  try {
    const call = await db
      .selectFrom('tool_calls')
      .select('arguments_digest')
      .where('call_id', '=', reply.tool_calls[0]?.call_id ?? '')
      .executeTakeFirstOrThrow();
    const runs = await db.selectFrom('audit_events').select('data').where('type', '=', 'tool.called').execute();
    return runs.filter(({ data }) => JSON.stringify(data).includes(call.arguments_digest)).length;
  } finally {
    await close();
  }
}

describe('everything killed', () => {
  test('between request and approval: approved after the start, the command runs once', async () => {
    const waiting = await waitingFor('demo@example.com', 'Execute command: ps aux | head -5');
    await product.killEverything();
    product = await launch({ stateFolder, ports });

    expect((await messageOf(waiting.who, waiting.reply)).status).toBe('awaiting_authorization');
    expect((await statusOf(admin, waiting.requestId)).status).toBe('pending');
    expect((await approve(waiting.requestId)).status).toBeLessThan(300);
    const message = await answered(waiting.who, waiting.reply);
    await expectRunOnce(waiting, message, 'ps aux | head -5');
    expect(message.content).toContain('COMMAND');
  });

  test('right after the approval took effect: the work goes on by itself, once', async () => {
    const waiting = await waitingFor('user@example.com', 'Execute command: uptime');
    // Its answer may never come: everything is killed while the conversation is being woken.
    const approving = approve(waiting.requestId).catch(() => undefined);
    await untilStored(product, 'the grant', async (db) => {
      const grants = db.selectFrom('grants').select('grant_id').where('request_id', '=', waiting.requestId);
      return (await grants.execute()).length > 0;
    });
    await product.killEverything();
    await approving;
    product = await launch({ stateFolder, ports });

    expect((await statusOf(admin, waiting.requestId)).status).toBe('approved');
    await expectRunOnce(waiting, await answered(waiting.who, waiting.reply), 'uptime');
  });

  test('while a recorded approval could not be judged: it counts after the start, once', async () => {
    const waiting = await waitingFor('manager@example.com', 'Execute command: uname');
    const mint = await childWith('role mint');
    process.kill(mint, 'SIGSTOP');
    const recorded = await approve(waiting.requestId);
    expect(recorded.status).toBe(202);
    expect(recorded.body).toMatchObject({ status: 'pending', deciding: true });
    await product.killEverything();
    product = await launch({ stateFolder, ports });

    await expectRunOnce(waiting, await answered(waiting.who, waiting.reply), 'uname');
    expect((await statusOf(admin, waiting.requestId)).status).toBe('approved');
  });
});

describe('one process killed while a request waits', () => {
  test.each([
    ['mint', 'role mint', 'auditor@example.com', 'Execute command: id'],
    ['the other roles', 'role worker', 'auditor@example.com', 'list users'],
  ])('%s: it is started again and the approval works', async (_name, commandLine, email, message) => {
    const waiting = await waitingFor(email, message);
    const starts = product.output().split('runs again').length;
    const killed = await childWith(commandLine);
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => product.output().split('runs again').length, { timeout: 30_000 }).toBeGreaterThan(starts);

    expect((await approve(waiting.requestId)).status).toBeLessThan(300);
    const done = await answered(waiting.who, waiting.reply);
    expect(done.tool_calls?.[0]?.status, done.content).toBe('succeeded');
    expect(await timesRun(waiting.reply)).toBe(1);
    expect(await childWith(commandLine)).not.toBe(killed);
  });
});

test('stopped with SIGTERM it leaves no process and no socket', async () => {
  const children = await product.children();
  const sockets = await runtimeFolders(stateFolder);
  expect(sockets.length).toBeGreaterThan(0);
  expect(await product.stop()).toBe(0);

  await gone(children);
  expect(await processesNaming(stateFolder)).toEqual([]);
  for (const folder of sockets) await expect(access(folder)).rejects.toThrow();
  for (const port of Object.values(ports)) await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow();

  product = await launch({ stateFolder, ports });
  expect((await admin.get('/api/user-status')).status).toBe(200);
});

async function childWith(commandLine: string): Promise<number> {
  for (const pid of await product.children()) {
    const found = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (found.replaceAll('\0', ' ').includes(commandLine)) return pid;
  }
  throw new Error(`no child runs ${commandLine}`);
}

/** Living processes with the folder in their command line. */
async function processesNaming(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder));
}
