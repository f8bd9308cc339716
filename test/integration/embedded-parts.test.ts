import { Connection } from '@temporalio/client';
import { connect as connectTcp } from 'node:net';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../activities/store/connect.ts';
import { seedDemo } from '../../activities/store/seed-demo.ts';
import { httpListener } from '../../api/http/listen.ts';
import { postgresIdentity, postgresPlace } from '../../cli/embedded/postgres-place.ts';
import { startPostgres, startTemporal } from '../support/embedded.ts';

test('Temporal keeps history for 90 days (RULES 29)', async () => {
  const temporal = await startTemporal();
  try {
    const connection = await Connection.connect({ address: temporal.address });
    const { config } = await connection.workflowService.describeNamespace({ namespace: temporal.namespace });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 24 * 3_600);
    await connection.close();
  } finally {
    await temporal.stop();
  }
});

test('the demo accounts are put into an empty database only, and change nothing afterwards (RULES 5)', async () => {
  const postgres = await startPostgres();
  const owner = connect(postgres.ownerUrl, { max: 2 });
  try {
    await seedDemo(owner.db);
    await owner.db.deleteFrom('person_roles').where('role', '=', 'admin').execute();
    const before = await owner.db.selectFrom('person_roles').selectAll().orderBy('subject').orderBy('role').execute();
    await Promise.all([seedDemo(owner.db), seedDemo(owner.db)]);
    const after = await owner.db.selectFrom('person_roles').selectAll().orderBy('subject').orderBy('role').execute();
    expect(after).toEqual(before);
    expect(after.some(({ role }) => role === 'admin')).toBe(false);
  } finally {
    await owner.close();
    await postgres.stop();
  }
});

test('other machines cannot reach a listener (RULES 7)', async ({ skip }) => {
  const outward = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  if (outward === undefined) {
    skip('this machine has no address but its loopback');
    return;
  }
  const reaches = (port: number, host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connectTcp({ port, host }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  const open = createServer().listen({ port: 0, host: '0.0.0.0' });
  const listener = httpListener((_request, response) => response.end(), 0);
  await listener.open();
  try {
    const bound = open.address();
    // A listener that is open to others is reached that way, so the address is a fair test.
    expect(await reaches(typeof bound === 'object' ? (bound?.port ?? 0) : 0, outward)).toBe(true);
    expect(await reaches(listener.port(), '127.0.0.1')).toBe(true);
    expect(await reaches(listener.port(), outward)).toBe(false);
  } finally {
    open.close();
    await listener.close();
  }
});

test('as root, data that PostgreSQL’s user cannot reach gets a place of its own for each state folder (RULES 27)', async ({
  skip,
}) => {
  if (postgresIdentity() === undefined) {
    skip('only root has this problem');
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'countersign-place-'));
  try {
    const outside = join(folder, 'outside');
    const closed = join(folder, 'closed');
    await chmod(folder, 0o711);
    await mkdir(closed, { mode: 0o700 });
    const states = [join(closed, 'one'), join(closed, 'two')] as const;
    for (const state of states) await mkdir(state, { mode: 0o700 });
    const one = await postgresPlace(states[0], outside);
    const two = await postgresPlace(states[1], outside);
    expect(dirname(one.movedTo ?? '')).toBe(outside);
    expect(two.movedTo).not.toBe(one.movedTo);
    expect((await postgresPlace(states[0], outside)).movedTo).toBe(one.movedTo);
    // Another folder of the same name knows nothing of the data that an earlier one left behind.
    await rm(states[0], { recursive: true });
    await mkdir(states[0], { mode: 0o700 });
    expect((await postgresPlace(states[0], outside)).movedTo).not.toBe(one.movedTo);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
