import { createServer } from 'node:net';
import { access, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  gone,
  launch,
  launchPorts,
  launchRefused,
  removeStateFolder,
  temporaryStateFolder,
  type Launched,
  type LaunchedPorts,
} from '../support/launched.ts';

let stateFolder: string;
let ports: LaunchedPorts;
let product: Launched;

beforeAll(async () => {
  stateFolder = await temporaryStateFolder();
  ports = await launchPorts();
  product = await launch({ stateFolder, ports });
}, 180_000);

afterAll(async () => {
  await product.stop();
  await removeStateFolder(stateFolder);
});

test('answers on every public port once it says that it is ready', async () => {
  const statuses = await Promise.all([
    status(`${product.issuer}/healthz`),
    status(`http://localhost:${ports.mcp}/mcp`),
    status(`${product.chatUrl}/`),
    status(`http://localhost:${ports.temporalUi}/`),
  ]);
  // Temporal's UI opens on the namespace that our workflows are in.
  expect(statuses).toEqual([200, 401, 200, 302]);
});

test('keeps keys, secrets and logs to its own user', async () => {
  for (const folder of ['keys', 'secrets', 'logs', 'temporal']) {
    const { mode } = await stat(join(stateFolder, folder));
    expect(mode & 0o077).toBe(0);
  }
  for (const file of ['keys/mint.private.jwk', 'secrets/postgres-mint', 'secrets/at-rest']) {
    const { mode } = await stat(join(stateFolder, file));
    expect(mode & 0o777).toBe(0o600);
  }
});

test('prints no secret', () => {
  expect(product.output()).not.toMatch(/postgresql:\/\/|eyJ|"d":/);
});

test('shows Temporal to read, not to write', async () => {
  const ui = `http://localhost:${ports.temporalUi}`;
  const settings = (await (await fetch(`${ui}/api/v1/settings`)).json()) as Record<string, unknown>;
  expect(settings['DisableWriteActions']).toBe(true);
  expect(await status(`${ui}/api/v1/namespaces/countersign/workflows`)).toBe(200);
  expect(await status(`${ui}/api/v1/namespaces/countersign/workflows/w/terminate`, { method: 'POST' })).toBe(405);
  expect(
    await status(`${ui}/api/v1/namespaces/countersign/workflows/w/query%2F..%2Fterminate`, { method: 'POST' }),
  ).toBe(405);
  expect(await status(`${ui}/api/v1/namespaces/countersign`, { method: 'PUT' })).toBe(405);
});

test('refuses a second start on the same state folder and says what to do', async () => {
  const { code, output } = await launchRefused({ stateFolder, ports: await launchPorts() });
  expect(code).toBe(1);
  expect(output).toContain('already runs on');
  expect(output).toContain('--state');
  expect(await status(`${product.issuer}/healthz`)).toBe(200);
});

test('names a taken port and the flag that moves it', async () => {
  const taken = createServer();
  const free = await launchPorts();
  await new Promise<void>((resolve) => taken.listen(free.chat, '127.0.0.1', resolve));
  const other = await temporaryStateFolder();
  try {
    const { code, output } = await launchRefused({ stateFolder: other, ports: free });
    expect(code).toBe(1);
    expect(output).toContain(`Port ${free.chat} (chat app) is taken`);
    expect(output).toContain('--chat-port');
  } finally {
    taken.close();
    await removeStateFolder(other);
  }
});

test('names what is wrong with the policy file and starts nothing', async () => {
  const other = await temporaryStateFolder();
  const policyFile = join(other, 'policy.yaml');
  await writeFile(policyFile, 'version: 1\nscopes:\n  "read:files":\n    risk: enormous\n');
  try {
    const { code, output } = await launchRefused({
      stateFolder: join(other, 'state'),
      ports: await launchPorts(),
      policyFile,
    });
    expect(code).toBe(1);
    expect(output).toContain(policyFile);
    await expect(access(join(other, 'state', 'lock'))).rejects.toThrow();
  } finally {
    await removeStateFolder(other);
  }
});

test('starts a role again that was killed', async () => {
  const before = await product.children();
  const role = before.at(-1) ?? 0;
  process.kill(role, 'SIGKILL');
  await expect.poll(() => product.output(), { timeout: 30_000 }).toContain('runs again');
  await expect.poll(() => status(`${product.issuer}/healthz`), { timeout: 10_000 }).toBe(200);
  expect(await product.children()).not.toContain(role);
});

test('leaves no process behind when it is killed, and starts again on its data', async () => {
  const children = await product.children();
  expect(children.length).toBeGreaterThanOrEqual(4);
  await product.killSupervisor();
  await gone(children);

  product = await launch({ stateFolder, ports });
  expect(await status(`${product.issuer}/healthz`)).toBe(200);
});

test('starts again after everything was killed, and stops cleanly', async () => {
  await product.killEverything();
  const begun = Date.now();
  product = await launch({ stateFolder, ports });
  expect(Date.now() - begun).toBeLessThan(20_000);

  const children = await product.children();
  expect(await product.stop()).toBe(0);
  await gone(children);
  await expect(access(join(stateFolder, 'lock'))).rejects.toThrow();
  await expect(fetch(`${product.issuer}/healthz`)).rejects.toThrow();
});

async function status(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  await response.arrayBuffer();
  return response.status;
}
