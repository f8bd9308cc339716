import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { insertPerson } from '../../activities/store/people.ts';
import { insertPolicyVersion } from '../../activities/store/policies.ts';
import type { CallEntry } from '../../mcp-server/ports.ts';
import { storeAuthority, storeDirectory } from '../../mcp-server/store-authority.ts';
import { startPostgres, type TestPostgres } from '../support/embedded.ts';
import { testPolicy } from '../support/mcp-resource-server.ts';

let postgres: TestPostgres;
let owner: Connection;
let app: Connection;
const soon = new Date(Date.now() + 60_000);
const clientId = 'countersign-chat';
const entry: CallEntry = {
  type: 'tool.called',
  actor: 'usr_dev',
  subject: 'usr_dev',
  clientId,
  grantId: null,
  scopes: ['read:files'],
  data: { tool: 'x', argument_digest: 'd', jti: 'jti_1' },
};

beforeAll(async () => {
  postgres = await startPostgres();
  owner = connect(postgres.ownerUrl);
  app = connect(postgres.appUrl);
  await insertPolicyVersion(owner.db, testPolicy(), 'test');
  await insertPerson(owner.db, {
    subject: 'usr_dev',
    email: 'demo@example.com',
    displayName: 'Demo',
    passwordHash: 'scrypt-hash',
    roles: ['developer'],
  });
  await owner.db
    .insertInto('scope_requests')
    .values({
      request_id: 'req_1',
      subject: 'usr_dev',
      client_id: clientId,
      scopes: ['read:files'],
      digest: 'd',
      dedupe_key: 'k',
      tool_args: null,
    })
    .execute();
  await owner.db
    .insertInto('grants')
    .values({
      grant_id: 'grt_1',
      request_id: 'req_1',
      subject: 'usr_dev',
      client_id: clientId,
      scopes: ['read:files'],
      granted_at: new Date(),
      expires_at: soon,
    })
    .execute();
  await owner.db
    .insertInto('credentials')
    .values({
      jti: 'jti_1',
      grant_ids: ['grt_1'],
      subject: 'usr_dev',
      client_id: clientId,
      resource: 'r',
      scopes: ['read:files'],
      issued_at: new Date(),
      expires_at: soon,
    })
    .execute();
});
afterAll(async () => {
  await app.close();
  await owner.close();
  await postgres.stop();
});

const origin = { clientId: 'countersign-chat', issuedAt: new Date() };

it('knows people and lists them without their passwords', async () => {
  expect(await storeAuthority(app.db).standing({ token: '', ...origin, subject: 'usr_dev' })).toMatchObject({
    person: { email: 'demo@example.com', roles: ['developer'], disabled: false },
    live: [],
  });
  expect(await storeAuthority(app.db).standing({ token: '', ...origin, subject: 'usr_nobody' })).toBeUndefined();
  expect(JSON.stringify(await storeDirectory(app.db).users())).not.toContain('scrypt-hash');
});

it('finds a scope alive until its grant expires or is revoked', async () => {
  const at = async (time: Date, jti = 'jti_1') =>
    (await storeAuthority(app.db, () => time).standing({ token: '', ...origin, subject: 'usr_dev', jti }))?.live;
  expect(await at(new Date())).toMatchObject([{ scope: 'read:files', grantId: 'grt_1' }]);
  expect(await storeAuthority(app.db, () => soon).startCall({ token: '', grantId: 'grt_1', entry, synced: true })).toBe(
    false,
  );
  expect(await at(soon)).toEqual([]);
  expect(await at(new Date(), 'jti_unknown')).toEqual([]);
  await app.db
    .updateTable('grants')
    .set({ end_reason: 'revoked', ended_at: new Date(), ended_by: 'usr_admin' })
    .where('grant_id', '=', 'grt_1')
    .execute();
  expect(await at(new Date())).toEqual([]);
});

it('begins a call only under a living grant', async () => {
  for (const synced of [true, false]) {
    for (const grantId of ['grt_1', 'grt_unknown'])
      expect(await storeAuthority(app.db).startCall({ token: '', grantId, entry, synced })).toBe(false);
  }
  expect(await owner.db.selectFrom('audit_events').selectAll().execute()).toEqual([]);
});

it('records calls', async () => {
  for (const synced of [true, false])
    await storeAuthority(app.db).audit({ token: '', entry: { ...entry, grantId: 'grt_1' }, synced });
  const row = {
    ...{ type: 'tool.called', actor: 'usr_dev', subject: 'usr_dev', client_id: clientId, grant_id: 'grt_1' },
    ...{ request_id: null, session_id: null, scopes: ['read:files'], data: entry.data },
  };
  const recorded = await owner.db.selectFrom('audit_events').selectAll().execute();
  expect(recorded).toMatchObject([row, row]);
});
