import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listGrants } from '../../api/grants/list-grants.ts';
import { revokeGrant } from '../../api/grants/revoke-grant.ts';
import { returnGrant } from '../../api/grants/return-grant.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
let stack: ApprovalStack;

beforeAll(async () => {
  stack = await startApprovalStack(policyText);
}, 60_000);
afterAll(() => stack.stop());
afterEach(() => {
  stack.deps.now = () => new Date();
});

const bearerUser = (): Promise<Caller> => stack.person(['user'], { kind: 'bearer', clientId: 'some-client' });

async function holdsGrant(caller: Caller): Promise<{ grantId: string; requestId: string }> {
  const answer = await upgradeScope(stack.deps, caller, { scopes: ['read:files'] });
  if (answer.status !== 'approved') throw new Error(`unexpected ${JSON.stringify(answer)}`);
  const [grant] = (await listGrants(stack.deps, caller, { status: 'active', limit: 1 })).grants;
  if (grant === undefined) throw new Error('no grant');
  return { grantId: grant.grant_id, requestId: grant.request_id };
}

async function auditOf(grantId: string): Promise<{ type: string; actor: string }[]> {
  return stack.app.db
    .selectFrom('audit_events')
    .select(['type', 'actor'])
    .where('grant_id', '=', grantId)
    .where('type', 'in', ['grant.returned', 'grant.revoked', 'access.refused'])
    .orderBy('position')
    .execute();
}

describe('POST /api/grants/{id}/return', () => {
  it('ends the grant at once as returned, tells its workflow, and is harmless when repeated', async () => {
    const caller = await bearerUser();
    const { subject } = caller.person;
    const { grantId, requestId } = await holdsGrant(caller);
    expect((await listGrants(stack.deps, caller, { limit: 1 })).grants[0]?.can_return).toBe(true);

    const returned = await returnGrant(stack.deps, caller, grantId);
    expect(returned).toMatchObject({
      status: 'returned',
      ended_by: caller.person.email,
      can_return: false,
      can_revoke: false,
    });
    expect(await heldScopes(stack.app.db, { subject, clientId: caller.clientId }, new Date())).toEqual([]);
    expect(await returnGrant(stack.deps, caller, grantId)).toEqual(returned);
    expect(await auditOf(grantId)).toEqual([{ type: 'grant.returned', actor: subject }]);
    const workflow = stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
    await expect.poll(async () => (await workflow.describe()).status.name, { timeout: 10_000 }).toBe('COMPLETED');
  });

  it('hides it from third people as 404 and refuses those who may see it with 403, audited', async () => {
    const caller = await bearerUser();
    const { grantId } = await holdsGrant(caller);
    const [stranger, admin, auditor] = [
      await bearerUser(),
      await stack.person(['admin']),
      await stack.person(['auditor']),
    ];
    await expect(returnGrant(stack.deps, stranger, grantId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(returnGrant(stack.deps, admin, grantId)).rejects.toMatchObject({ code: 'not_holder' });
    await expect(returnGrant(stack.deps, auditor, grantId)).rejects.toMatchObject({ code: 'not_holder' });
    await expect(returnGrant(stack.deps, caller, 'gra_unknown')).rejects.toMatchObject({ code: 'not_found' });
    const otherClient = { ...caller, clientId: 'other-client' };
    await expect(returnGrant(stack.deps, otherClient, grantId)).rejects.toMatchObject({ code: 'not_found' });
    // Our own apps are told whose it is.
    const chat = { ...caller, clientId: 'countersign-chat' };
    await expect(returnGrant(stack.deps, chat, grantId)).rejects.toMatchObject({ code: 'client_not_allowed' });
    expect(await auditOf(grantId)).toHaveLength(5);
    const [grant] = (await listGrants(stack.deps, caller, { limit: 1 })).grants;
    expect(grant).toMatchObject({ grant_id: grantId, status: 'active' });
  });

  it('lets a browser session hand back what any of its clients holds', async () => {
    const caller = await bearerUser();
    const { grantId } = await holdsGrant(caller);
    const browser = { ...caller, kind: 'browser' as const, clientId: 'countersign-dashboard' };
    expect((await returnGrant(stack.deps, browser, grantId)).status).toBe('returned');
  });

  it('answers 409 with how it ended when it was revoked or has expired', async () => {
    const caller = await bearerUser();
    const { grantId } = await holdsGrant(caller);
    await revokeGrant(stack.deps, await stack.person(['admin']), grantId, undefined);
    await expect(returnGrant(stack.deps, caller, grantId)).rejects.toMatchObject({
      code: 'already_decided',
      details: { grant: { status: 'revoked' } },
    });

    const later = await bearerUser();
    const second = await holdsGrant(later);
    stack.deps.now = () => new Date(Date.now() + 2 * 3_600_000);
    await expect(returnGrant(stack.deps, later, second.grantId)).rejects.toMatchObject({
      code: 'already_decided',
      details: { grant: { status: 'expired' } },
    });
    expect(await auditOf(second.grantId)).toEqual([]);
  });
});
