import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, type Product } from '../support/product.ts';
import { startHost } from './support/host-process.ts';
import type { ClientWorld, MatrixClient } from './support/matrix-client.ts';
import { startMcpRemote } from './support/mcp-remote.ts';
import { person } from './support/person.ts';

const programs: Record<string, (world: ClientWorld) => Promise<MatrixClient>> = {
  '@modelcontextprotocol/client v2': (world) => startHost('sdk-v2', world),
  '@modelcontextprotocol/sdk v1': (world) => startHost('sdk-v1', world),
  'mcp-remote': startMcpRemote,
};

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

describe.each(Object.keys(programs))('%s', (name) => {
  let client: MatrixClient;
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'countersign-interop-'));
    const user = await person(product.issuer, 'user@example.com');
    client = await programs[name]!({ mcpResource: product.mcpResource, open: user.open, home });
  });
  afterAll(async () => {
    await client.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('finds the auth server, registers, signs its user in, and calls a tool that needs no scope', async () => {
    const outcome = await client.call('get_server_info');
    expect(outcome).toMatchObject({ kind: 'result', isError: false });
  });
});
