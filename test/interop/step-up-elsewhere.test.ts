import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/embedded/free-port.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { addNotes, policyWithNotes } from '../support/notes-resource.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { startProduct, type Product } from '../support/product.ts';
import { approver, type Approver } from './support/approver.ts';
import type { MatrixClient } from './support/matrix-client.ts';
import { person } from './support/person.ts';
import { programs } from './support/programs.ts';

let product: Product;
let admin: Approver;
let notes: ProcessServer;
let resource: string;

beforeAll(async () => {
  const port = await freePort();
  resource = `http://localhost:${port}/mcp`;
  product = await startProduct({ policy: await policyWithNotes(resource) });
  admin = await approver(product.issuer);
  const { clientId, secret } = await addNotes(product.ownerDb, resource);
  notes = await startProcess(process.execPath, ['examples/typescript-express/server.ts'], {
    cwd: projectRoot,
    env: {
      COUNTERSIGN_ISSUER: product.issuer,
      NOTES_RESOURCE: resource,
      COUNTERSIGN_CLIENT_ID: clientId,
      COUNTERSIGN_CLIENT_SECRET: secret,
      PORT: String(port),
    },
    ready: 'Notes at',
  });
});
afterAll(async () => {
  await notes.stop();
  await product.stop();
});

// These know nothing of the server or of Countersign; each is a process of its own.
describe.each(programs.filter(({ stepsUp }) => stepsUp === 'by itself'))(
  '$name at somebody else’s server',
  ({ start }) => {
    let home: string;
    let client: MatrixClient;
    const connect = async (): Promise<void> => {
      const user = await person(product.issuer, 'user@example.com');
      client = await start({ mcpResource: resource, open: user.open, home });
    };
    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'countersign-interop-'));
      await connect();
    });
    afterAll(async () => {
      await client.stop();
      await rm(home, { recursive: true, force: true });
    });

    it('is told why when the other person denies, and is not sent there again', async () => {
      const called = client.call('add_note', { text: 'hello' });
      const request = await admin.asked('write:notes', 'user@example.com');
      await admin.deny(request, 'Not on a Friday');
      expect(JSON.stringify(await called)).toContain('Not on a Friday');
      const again = await client.call('add_note', { text: 'hello' });
      // Not every program hands on that the call failed; what it says does.
      expect(again).toMatchObject({ kind: 'result', text: expect.stringContaining('authorization_error') as string });
      expect(JSON.stringify(again)).toContain('Not on a Friday');
      expect(await admin.timesAsked(request)).toBe(1);
    });

    it('signed in anew, steps up: the call goes through once another person has approved, and the next one too', async () => {
      await client.stop();
      await rm(home, { recursive: true, force: true });
      home = await mkdtemp(join(tmpdir(), 'countersign-interop-'));
      await connect();
      const called = client.call('add_note', { text: 'hello' });
      await admin.approve(await admin.asked('write:notes', 'user@example.com'));
      expect(await called).toMatchObject({ kind: 'result', isError: false });
      expect(await client.call('add_note', { text: 'again' })).toMatchObject({ kind: 'result', isError: false });
    });
  },
);
