import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { decide } from '../../api/approvals/decide.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import type { UpgradeScopeRequest, UpgradeScopeResponse } from '../../api/contract/scope-requests.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { signStatement } from '../../activities/mint/statement.ts';
import { recordDecision } from '../../activities/store/decisions.ts';
import { findRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import type { DecisionStatement } from '../../workflows/domain/decision.ts';
import { approveSignal, scopeUpgradeWorkflowId } from '../../workflows/messages.ts';
import { startApprovalStack, type ApprovalStack } from './approval-stack.ts';

/** The client of {@link ApprovalsWorld.bearerUser}. */
export const someClient = 'some-client';

const toRunCommand = {
  scopes: ['execute:commands'],
  tool_name: 'execute_command',
  tool_args: { command: 'ps aux | head -5' },
};

type Decided = ReturnType<typeof decide>;

/** The people of the tests around approvals, and what they do. */
export interface ApprovalsWorld {
  /** There is one while tests run. */
  readonly stack: ApprovalStack;
  readonly deps: ApprovalStack['deps'];
  readonly db: ApprovalStack['deps']['db'];
  admin(): Promise<Caller>;
  /** Somebody signed in at other people's client, which they let act for them. */
  bearerUser(): Promise<Caller>;
  /** Asks for what takes somebody's approval: to run a command, where nothing else is said. @returns the request's id */
  ask(caller: Caller, body?: Partial<UpgradeScopeRequest>): Promise<string>;
  approve(caller: Caller, requestId: string, durationSeconds?: number): Decided;
  deny(caller: Caller, requestId: string): Decided;
  requestOf(requestId: string): Promise<ScopeRequest>;
  statusOf(requestId: string): Promise<string>;
  /** Its entries of the audit log, oldest first. */
  auditOf(requestId: string): Promise<{ type: string; data: unknown }[]>;
  auditTypesOf(requestId: string): Promise<string[]>;
  /** A signed approval that says what it is told to, whatever the API would sign. */
  statementFor(requestId: string, claims: Claims, key?: JWK): Promise<string>;
  /** Records such a statement and hands it to the workflow. @returns the decision's id */
  decideBySignal(requestId: string, claims: Claims): Promise<string>;
  /** Holds the token that came with an answer to be the mint's. */
  verifyToken(answer: UpgradeScopeResponse): Promise<{ scope: string; jti: string }>;
}

type Claims = Partial<DecisionStatement> & { approver: string };

/** Starts the stack around the tests of a file; after each one the clock is right and the policy this one. */
export function approvalsWorld(policyText: string): ApprovalsWorld {
  let stack: ApprovalStack;
  beforeAll(async () => {
    stack = await startApprovalStack(policyText);
  }, 60_000);
  afterAll(() => stack.stop());
  afterEach(async () => {
    stack.deps.now = () => new Date();
    await stack.policy(policyText);
  });

  const decided =
    (verdict: 'approve' | 'deny', note: string | null) => (caller: Caller, requestId: string, seconds?: number) =>
      decide(stack.deps, caller, { requestId, verdict, note, claimedEmail: undefined, durationSeconds: seconds });
  const world: ApprovalsWorld = {
    get stack() {
      return stack;
    },
    get deps() {
      return stack.deps;
    },
    get db() {
      return stack.app.db;
    },
    admin: () => stack.person(['admin']),
    bearerUser: () => stack.person(['user'], { kind: 'bearer', clientId: someClient }),
    async ask(caller, body) {
      const answer = await upgradeScope(stack.deps, caller, { ...toRunCommand, ...body });
      if (answer.status === 'approved' || answer.status === 'denied') throw new Error(JSON.stringify(answer));
      return answer.approval_request_id;
    },
    approve: decided('approve', null),
    deny: decided('deny', 'not today'),
    async requestOf(requestId) {
      const request = await findRequest(stack.app.db, requestId);
      if (request === undefined) throw new Error(`there is no request ${requestId}`);
      return request;
    },
    statusOf: async (requestId) => (await world.requestOf(requestId)).status,
    auditOf: (requestId) =>
      stack.app.db
        .selectFrom('audit_events')
        .select(['type', 'data'])
        .where('request_id', '=', requestId)
        .orderBy('position')
        .execute(),
    auditTypesOf: async (requestId) => (await world.auditOf(requestId)).map(({ type }) => type),
    async statementFor(requestId, claims, key = stack.decisionPrivateJwk) {
      const { digest, scopes } = await world.requestOf(requestId);
      const iat = Math.floor(Date.now() / 1_000);
      const nonce = `dec_${requestId}_${claims.approver}`;
      return signStatement(
        { request: requestId, digest, verdict: 'approve', scopes, nonce, iat, exp: iat + 60, ...claims },
        key,
      );
    },
    async decideBySignal(requestId, claims) {
      const request = await world.requestOf(requestId);
      const { approver } = claims;
      const decisionId = claims.nonce ?? `dec_${requestId}_${approver}`;
      const statement = await world.statementFor(requestId, { ...claims, nonce: decisionId });
      await stack.app.db
        .transaction()
        .execute((trx) =>
          recordDecision(trx, request, { decisionId, verdict: 'approve', approver, statement, note: null }),
        );
      const handle = stack.deps.temporal.workflow.getHandle(scopeUpgradeWorkflowId(requestId));
      await handle.signal(approveSignal, { decisionId, statement });
      return decisionId;
    },
    async verifyToken(answer) {
      const token = ('new_token' in answer ? answer.new_token : undefined) ?? '';
      const keys = createLocalJWKSet({ keys: [stack.mintPublicJwk] });
      const { issuer, mcpResource } = stack.deps;
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        audience: mcpResource,
        typ: 'at+jwt',
      });
      expect(protectedHeader.kid).toBe('mint-1');
      return payload as unknown as { scope: string; jti: string };
    },
  };
  return world;
}
