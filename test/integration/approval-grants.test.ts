import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import { revokeGrant } from '../../api/grants/revoke-grant.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { standingOf } from '../../activities/store/credentials.ts';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { approvalsWorld, someClient } from '../support/approvals-world.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const world = approvalsWorld(policyText);
const { admin, bearerUser, ask, approve, statusOf, requestOf, verifyToken } = world;

describe('grants (RULES 12, 15)', () => {
  it('is dead for every later call as soon as revoke has answered, and issues no new token', async () => {
    const caller = await bearerUser();
    const approver = await admin();
    const requestId = await ask(caller);
    await approve(approver, requestId);
    const collected = await upgradeScope(world.deps, caller, { scopes: ['execute:commands'] });
    const { jti } = await verifyToken(collected);
    const [grant] = (await listGrants(world.deps, caller, { status: 'active', limit: 10 })).grants;
    await expect(revokeGrant(world.deps, caller, grant?.grant_id ?? '', undefined)).rejects.toMatchObject({
      code: 'insufficient_scope',
    });
    expect((await revokeGrant(world.deps, approver, grant?.grant_id ?? '', 'done')).status).toBe('revoked');
    const origin = { subject: caller.person.subject, clientId: someClient, signIn: caller.signIn };
    expect((await standingOf(world.db, { ...origin, issuedAt: new Date(), jti }, new Date()))?.live).toEqual([]);
    await expect
      .poll(
        async () =>
          (await world.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId)).describe()).status.name,
      )
      .toBe('COMPLETED');
    expect((await upgradeScope(world.deps, caller, { scopes: ['execute:commands'] })).status).toBe(
      'pending_admin_approval',
    );
  });

  it('can be written, and requests approved, by the mint role alone', async () => {
    const requestId = await ask(await bearerUser());
    const row = await requestOf(requestId);
    const grant = {
      grant_id: 'gra_forged',
      request_id: requestId,
      subject: row.subject ?? '',
      client_id: someClient,
      session_id: null,
      scopes: ['execute:commands'],
      granted_at: new Date(),
      expires_at: new Date(Date.now() + 3_600_000),
      end_reason: null,
      ended_at: null,
      ended_by: null,
    };
    await expect(world.db.insertInto('grants').values(grant).execute()).rejects.toThrow(/permission denied/);
    await expect(
      world.db.updateTable('scope_requests').set({ status: 'approved' }).where('request_id', '=', requestId).execute(),
    ).rejects.toThrow(/only the mint role approves/);
    await expect(world.db.updateTable('grants').set({ expires_at: new Date() }).execute()).rejects.toThrow(
      /permission denied/,
    );
    await expect(world.stack.owner.db.deleteFrom('audit_events').execute()).rejects.toThrow(/append-only/);
  });

  it('refuses at the mint what nobody approved, even when the workflow is told otherwise', async () => {
    const requestId = await ask(await bearerUser());
    const { mintGrant } = await import('../../activities/mint/mint-grant.ts');
    const deps = { db: world.stack.mint.db, verify: () => Promise.resolve(undefined), now: () => new Date() };
    expect(await mintGrant(deps, { requestId })).toEqual({ minted: false, refusal: 'forbidden_by_policy' });
    expect(await mintGrant(deps, { requestId, decisionId: 'dec_none' })).toEqual({
      minted: false,
      refusal: 'statement_invalid',
    });
    expect(await statusOf(requestId)).toBe('pending');
  });
});

describe('a scope that policy binds to a session (RULES 13)', () => {
  const bound = policyText.replace('binding: account+client', 'binding: session');

  it('is granted to the session that asked and to no other', async () => {
    await world.stack.policy(bound);
    const browser = { ...(await world.stack.person(['user'])), sessionId: 'session-1' };
    expect((await upgradeScope(world.deps, browser, { scopes: ['read:files'] })).status).toBe('approved');
    const holder = { subject: browser.person.subject, clientId: browser.clientId };
    expect(await heldScopes(world.db, holder, new Date())).toEqual([]);
    expect(await heldScopes(world.db, { ...holder, sessionId: 'session-2' }, new Date())).toEqual([]);
    expect(await heldScopes(world.db, { ...holder, sessionId: 'session-1' }, new Date())).toEqual(['read:files']);
  });

  it('is not granted without a session, at the API or at the mint', async () => {
    const caller = await bearerUser();
    const requestId = await ask(caller);
    await world.stack.policy(bound);
    await expect(upgradeScope(world.deps, caller, { scopes: ['read:files'] })).rejects.toMatchObject({
      code: 'invalid_request',
      // Said so that the client can do without it, and its person get it elsewhere.
      message:
        'The policy binds read:files to one conversation in the chat. This client cannot get it: ask for it in the chat, and leave it out here.',
    });
    await expect(approve(await admin(), requestId)).rejects.toMatchObject({ code: 'already_decided' });
    expect(await statusOf(requestId)).toBe('denied');
  });
});
