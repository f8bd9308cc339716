import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activatePolicy } from '../../activities/policy/activate-policy-file.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { insertPolicyVersion } from '../../activities/store/policies.ts';
import { policyVersionsSchema, policyViewSchema } from '../../api/contract/policy.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

const shipped = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
let server: TestAuthServer;
let auditor: Visitor;

beforeAll(async () => {
  server = await startAuthServer();
  auditor = await signedIn(server.issuer, 'auditor@example.com');
});
afterAll(() => server.stop());

const read = async (who = auditor) => policyViewSchema.parse((await who.get('/api/policy')).body);
const versions = async (query = '') =>
  policyVersionsSchema.parse((await auditor.get(`/api/policy/versions${query}`)).body);
async function activate(change: (text: string) => string): Promise<void> {
  const text = change(shipped);
  expect(text).not.toBe(shipped);
  await activatePolicy(server.ownerDb, parsePolicy(text, 'p'), text);
}

test('tells who gets what, who decides, for how long', async () => {
  const policy = await read();
  expect(policy.scopes.find(({ scope }) => scope === 'execute:commands')).toEqual({
    scope: 'execute:commands',
    description: 'Run commands from a fixed list in a sandbox',
    risk: 'critical',
    resource: 'mcp',
    granted_at_once_to: ['admin'],
    otherwise: 'admin',
    approvers: ['admin'],
    approvers_now: 1,
    justification: 'optional',
    request_ttl_seconds: 86_400,
    grant_ttl_seconds: 3_600,
    max_grant_ttl_seconds: 28_800,
    binding: 'account+client',
    tools: ['execute_command'],
  });
  expect(policy.tools.find(({ name }) => name === 'delete_user_data')).toMatchObject({ hosted: false, risk: 'high' });
  expect(policy.deny).toEqual([]);
});

test('a new one is shown with what made it live, and what it changed', async () => {
  await activate((text) =>
    text
      .replace('deny: []', 'deny: [{ scopes: ["execute:commands"], roles: [contractor], reason: "Not them." }]')
      .replace('approvers: [admin]', 'approvers: [admin, manager]'),
  );
  const policy = await read();
  expect(policy).toMatchObject({
    activated_by: 'system',
    deny: [{ scopes: ['execute:commands'], roles: ['contractor'], clients: [], reason: 'Not them.' }],
  });
  expect(policy.source_digest).toMatch(/^[0-9a-f]{64}$/);
  expect(policy.scopes.find(({ scope }) => scope === 'read:files')?.approvers_now).toBe(2);
  const [newest, first] = (await versions()).versions;
  expect(newest).toMatchObject({
    version: policy.version,
    live: true,
    previous: first?.version,
    activated_by: 'system',
  });
  expect(newest?.changes).toEqual([
    'scope read:files: approvers [admin] → [admin, manager]',
    'denial of [execute:commands] to [contractor] added',
  ]);
  // Put there by the tests, past what audits it.
  expect(first).toMatchObject({ live: false, previous: null, changes: [], activated_by: null });
});

test('an edit taken back is a version of its own; pages go on where the last one ended', async () => {
  const before = (await versions()).versions.length;
  await activate((text) => text.replace('grant_ttl: 1h', 'grant_ttl: 2h'));
  await insertPolicyVersion(server.ownerDb, parsePolicy(shipped, 'p'), shipped);
  const all = (await versions()).versions;
  expect(all).toHaveLength(before + 2);
  expect(all.filter(({ live }) => live)).toHaveLength(1);
  const first = await versions('?limit=2');
  const second = await versions(`?limit=2&cursor=${first.next_cursor ?? ''}`);
  expect([...first.versions, ...second.versions]).toEqual(all);
  expect(second.next_cursor).toBeUndefined();
});

test('is for whom the dashboard opens', async () => {
  const [user, manager] = [
    await signedIn(server.issuer, 'user@example.com'),
    await signedIn(server.issuer, 'manager@example.com'),
  ];
  const refused = async (who: Visitor, path: string) => {
    const { status, body } = await who.get(path);
    return [status, problemSchema.parse(body).code];
  };
  for (const path of ['/api/policy', '/api/policy/versions']) {
    expect(await refused(user, path)).toEqual([403, 'not_approver']);
    expect(await refused(manager, path)).toEqual([403, 'not_approver']);
    expect(await refused(visitor(server.issuer), path)).toEqual([401, 'not_signed_in']);
  }
  expect(await refused(auditor, '/api/policy/versions?cursor=x')).toEqual([400, 'invalid_request']);
  await activate((text) => text.replace('approvers: [admin]', 'approvers: [manager]'));
  expect((await read(manager)).scopes.length).toBeGreaterThan(5);
});
