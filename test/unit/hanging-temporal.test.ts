import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { tellGrantEnded } from '../../activities/requests/tell-grant-ended.ts';
import { deliverCancel, deliverDecision, startScopeUpgrade } from '../../api/approvals/workflow-gateway.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const deadlineExceeded = Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4 });

/** A Temporal that takes calls and never answers; only a deadline ends them. */
const hanging = {
  connection: {
    withDeadline: (_deadline: number, call: () => Promise<unknown>) => {
      void call();
      return Promise.reject(new Error('the call failed', { cause: deadlineExceeded }));
    },
  },
  workflow: {
    start: never,
    signalWithStart: never,
    getHandle: () => ({ signal: never, executeUpdate: never }),
  },
} as unknown as Client;

it('a request is answered although Temporal hangs: try again', async () => {
  await expect(startScopeUpgrade({ temporal: hanging }, 'req_1')).rejects.toMatchObject({
    code: 'temporarily_unavailable',
  });
});

it('a recorded decision or withdrawal is not failed by it: it is delivered again', async () => {
  const decision = { decisionId: 'dec_1', statement: 's' };
  await expect(deliverDecision(hanging, 'req_1', 'approve', decision)).resolves.toBe('unknown');
  await expect(deliverCancel(hanging, 'req_1')).resolves.toBe('sent');
});

it('the end of a grant does not wait for it', async () => {
  await expect(tellGrantEnded(hanging, 'req_1')).rejects.toThrow('the call failed');
});
