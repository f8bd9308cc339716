import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, type Product } from '../support/product.ts';
import type { CallOutcome } from './clients/outcome.ts';
import { approver, type Approver } from './support/approver.ts';
import type { MatrixClient } from './support/matrix-client.ts';
import { startMcpRemote } from './support/mcp-remote.ts';
import { person } from './support/person.ts';
import { programs, type Program } from './support/programs.ts';

let product: Product;
let admin: Approver;

beforeAll(async () => {
  const shipped = await readFile('countersign.policy.yaml', 'utf8');
  // Nothing is granted at once, so that everything but public tools takes another person.
  product = await startProduct({
    policy: shipped.replaceAll(/granted_at_once_to: \[[^\]]*user[^\]]*\]/g, 'granted_at_once_to: []'),
  });
  admin = await approver(product.issuer);
});
afterAll(() => product.stop());

const done = { kind: 'result', isError: false };
const files = { ...done, text: expect.stringContaining('README.md') as string };
const saying = (words: string) => expect.stringContaining(words) as string;

/** Starts the program for its user, around the tests that follow. */
function running({ start }: Program): { call: MatrixClient['call'] } {
  let client: MatrixClient;
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'countersign-interop-'));
    const user = await person(product.issuer, 'user@example.com');
    client = await start({ mcpResource: product.mcpResource, open: user.open, home });
  });
  afterAll(async () => {
    await client.stop();
    await rm(home, { recursive: true, force: true });
  });
  return { call: (tool, args) => client.call(tool, args) };
}

describe.each(programs.filter(({ stepsUp }) => stepsUp === 'by itself'))('$name', (program) => {
  const client = running(program);

  it('finds the auth server, registers, signs its user in, and calls a tool that needs no scope', async () => {
    expect(await client.call('get_server_info')).toMatchObject(done);
  });

  it('sends its user there again, and the call that lacked a scope is answered once another person has approved', async () => {
    const called = client.call('list_files');
    await admin.approve(await admin.asked('read:files', 'user@example.com'));
    expect(await called).toMatchObject(files);
    expect(await client.call('list_files')).toMatchObject(files);
  });

  it('is told why when that person denies, keeps what it has, and asks nobody again', async () => {
    const called = client.call('list_users');
    const request = await admin.asked('admin:users', 'user@example.com');
    await admin.deny(request, 'not for apps');
    expect(await called).toMatchObject({ kind: 'failed', message: saying('not for apps') });
    expect(await client.call('list_users')).toMatchObject({ kind: 'result', text: saying('not for apps') });
    expect(await admin.timesAsked(request)).toBe(1);
    expect(await client.call('list_files')).toMatchObject(files);
  });
});

describe.each(programs.filter(({ stepsUp }) => stepsUp === 'in band'))('$name', (program) => {
  const client = running(program);

  it('finds the auth server, registers, signs its user in, and calls a tool that needs no scope', async () => {
    expect(await client.call('get_server_info')).toMatchObject(done);
  });

  it('cannot step up: the call fails', async () => {
    expect((await client.call('list_files')).kind).toBe('failed');
  });

  it('is told in the result where an admin wants it so, and the same call works once another person has approved', async () => {
    await admin.answerInBand();
    const refused = await client.call('list_files');
    expect(refused).toMatchObject({ kind: 'result', isError: true, text: saying('approval_url') });
    await admin.approve(await admin.named(textOf(refused)));
    expect(await client.call('list_files')).toMatchObject(files);
  });

  it('is told why when that person denies, keeps what it has, and asks nobody again', async () => {
    const request = await admin.named(textOf(await client.call('list_users')));
    await admin.deny(request, 'not for apps');
    expect(await client.call('list_users')).toMatchObject({ isError: true, text: saying('not for apps') });
    expect(await admin.timesAsked(request)).toBe(1);
    expect(await client.call('list_files')).toMatchObject(files);
  });
});

it('mcp-remote, ended while its user waits, finds at its next start what was granted meanwhile', async () => {
  const home = await mkdtemp(join(tmpdir(), 'countersign-interop-'));
  const user = await person(product.issuer, 'demo@example.com');
  let closed = false;
  const world = { mcpResource: product.mcpResource, home };
  const first = await startMcpRemote({
    ...world,
    open: async (address) => {
      const callback = await user.answerOf(address);
      // The page on which the person waited is closed with the app.
      if (!closed) await fetch(callback);
    },
  });
  const called = first.call('list_files');
  const request = await admin.asked('read:files', 'demo@example.com');
  closed = true;
  await first.stop();
  expect((await called).kind).toBe('failed');
  await admin.approve(request);
  const second = await startMcpRemote({ ...world, open: user.open });
  expect(await second.call('list_files')).toMatchObject(files);
  expect(await admin.timesAsked(request)).toBe(1);
  await second.stop();
  await rm(home, { recursive: true, force: true });
});

function textOf(outcome: CallOutcome): string {
  return outcome.kind === 'result' ? outcome.text : '';
}
