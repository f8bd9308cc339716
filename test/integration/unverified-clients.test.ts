import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideConsent } from '../../api/approvals/consent.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { mintGrant } from '../../activities/mint/mint-grant.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { findRequest, openRequest } from '../../activities/store/requests.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

/** As shipped: admins get commands, which are critical, and files, which are low, at once. */
const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
let stack: ApprovalStack;
let clients = 0;

beforeAll(async () => {
  stack = await startApprovalStack(policyText);
}, 60_000);
afterAll(() => stack.stop());

/** An admin at a client that nobody has said anything about. */
async function admin(): Promise<Caller> {
  clients += 1;
  return stack.person(['admin'], { kind: 'bearer', clientId: `client-${clients}` });
}

const held = ({ person: { subject }, clientId }: Caller): Promise<string[]> =>
  heldScopes(stack.app.db, { subject, clientId }, new Date());

/** As the serving role does it for an admin, whom it names itself. */
async function name({ clientId }: Caller): Promise<void> {
  const { subject } = (await stack.person(['admin'])).person;
  await sql`select set_client_name(${subject}, ${clientId}, 'Ours')`.execute(stack.app.db);
}

describe('a client that nobody has verified', () => {
  it('gets nothing critical by asking for its person, whom policy grants it at once', async () => {
    const caller = await admin();
    const answer = await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'] });
    expect(answer).toMatchObject({ status: 'pending_user_approval' });
    expect(answer).not.toHaveProperty('new_token');
    expect(await held(caller)).toEqual([]);
    if (answer.status !== 'pending_user_approval') return;
    const row = await findRequest(stack.app.db, answer.approval_request_id);
    expect(row).toMatchObject({ status: 'pending', approval_type: 'self', rule: 'builtin.unverified_client' });
    // Nor by its own token in the person's place, nor by another admin.
    const decision = { decision: 'allow', duration_seconds: undefined } as const;
    const id = answer.approval_request_id;
    await expect(decideConsent(stack.deps, caller, id, decision)).rejects.toMatchObject({ code: 'client_not_allowed' });
    const another = { ...(await stack.person(['admin'])), authenticatedAt: new Date() };
    await expect(decideConsent(stack.deps, another, id, decision)).rejects.toMatchObject({ code: 'not_found' });
    expect(await held(caller)).toEqual([]);
  });

  it('gets it when the person confirms it themselves, and what is harmless without', async () => {
    const caller = await admin();
    const answer = await upgradeScope(stack.deps, caller, { scopes: ['read:files', 'execute:commands'] });
    expect(answer).toMatchObject({ status: 'pending_user_approval', auto_approved_scopes: ['read:files'] });
    expect(await held(caller)).toEqual(['read:files']);
    if (answer.status !== 'pending_user_approval') return;
    const browser: Caller = {
      ...{ kind: 'browser', person: caller.person, clientId: 'countersign-dashboard' },
      authenticatedAt: new Date(),
    };
    const decision = { decision: 'allow', duration_seconds: undefined } as const;
    await decideConsent(stack.deps, browser, answer.approval_request_id, decision);
    expect(await held(caller)).toEqual(['execute:commands', 'read:files']);
  });

  it('waits for that as long as own consent does, not as long as for an approver', async () => {
    const waitOf = async (): Promise<number> => {
      const answer = await upgradeScope(stack.deps, await admin(), { scopes: ['execute:commands'] });
      if (answer.status !== 'pending_user_approval') throw new Error(answer.status);
      const row = await findRequest(stack.app.db, answer.approval_request_id);
      return Math.round((Number(row?.expires_at) - Number(row?.created_at)) / 60_000);
    };
    expect(await waitOf()).toBe(10);
    await stack.policy(policyText.replace('grant_ttl: 1h', 'grant_ttl: 1h\n  self_request_ttl: 30m'));
    expect(await waitOf()).toBe(30);
    // Where policy waits for the scope itself for less, that counts.
    await stack.policy(policyText.replace(/^ {2}execute:commands:\n/m, '$&    request_ttl: 3m\n'));
    expect(await waitOf()).toBe(3);
    await stack.policy(policyText);
  });

  it('is one no longer when an admin has said who it is', async () => {
    const caller = await admin();
    await name(caller);
    expect(await upgradeScope(stack.deps, caller, { scopes: ['execute:commands'] })).toMatchObject({
      status: 'approved',
      auto_approved: true,
    });
  });
});

it('our own pages are no such client', async () => {
  const { person } = await admin();
  const browser: Caller = { kind: 'browser', person, clientId: 'countersign-dashboard' };
  expect(await upgradeScope(stack.deps, browser, { scopes: ['execute:commands'] })).toMatchObject({
    status: 'approved',
  });
});

it('of a client without a name the mint itself grants nothing of the kind without the person’s decision, however it is asked', async () => {
  const caller = await admin();
  const { request } = await stack.app.db.transaction().execute((trx) =>
    openRequest(trx, {
      ...{ subject: caller.person.subject, clientId: caller.clientId, sessionId: null, scopes: ['execute:commands'] },
      ...{ toolName: null, toolArgs: null, justification: null },
    }),
  );
  // As the serving role could say it, though the policy does not.
  await stack.app.db
    .updateTable('scope_requests')
    .set({ approval_type: 'auto', rule: 'scopes.execute:commands.granted_at_once_to[admin]' })
    .where('request_id', '=', request.request_id)
    .execute();
  const deps = { db: stack.mint.db, verify: () => Promise.resolve(undefined), now: () => new Date() };
  expect(await mintGrant(deps, { requestId: request.request_id })).toEqual({
    minted: false,
    refusal: 'forbidden_by_policy',
  });
  expect(await held(caller)).toEqual([]);
  // The name alone stands in the way: not directly, but in an admin's name the serving role gives one, as the threat
  // model says, and that is audited.
  const given = { client_id: caller.clientId, name: 'Ours', blocked_at: null, blocked_by: null, block_reason: null };
  await expect(stack.app.db.insertInto('client_states').values(given).execute()).rejects.toMatchObject({
    code: '42501',
  });
  await expect(
    sql`select set_client_name(${(await stack.person(['user'])).person.subject}, ${caller.clientId}, 'Ours')`.execute(
      stack.app.db,
    ),
  ).rejects.toThrow('not_admin');
  await name(caller);
  expect(await mintGrant(deps, { requestId: request.request_id })).toMatchObject({ minted: true });
  const named = stack.app.db.selectFrom('audit_events').select('type').where('client_id', '=', caller.clientId);
  expect(await named.execute()).toContainEqual({ type: 'client.named' });
});
