import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type { ReferenceActivities } from './temporal-worker.ts';

const secondQueue = 'bench-second';
const local = proxyLocalActivities<ReferenceActivities>({ startToCloseTimeout: '10s' });
const second = proxyActivities<ReferenceActivities>({ taskQueue: secondQueue, startToCloseTimeout: '10s' });
const own = proxyActivities<ReferenceActivities>({ startToCloseTimeout: '10s' });

const goSignal = defineSignal('go');

/** What an upgrade that policy grants at once cannot do without: decide, then write on another queue. */
export async function bareUpgrade(): Promise<void> {
  await local.nothing();
  await second.nothing();
}

/** The same with a wait for a signal between, and then, where one is named, a signal to a second workflow. */
export async function bareApproval(input: { sessionWorkflowId?: string }): Promise<void> {
  let gone = false;
  setHandler(goSignal, () => {
    gone = true;
  });
  await local.nothing();
  await condition(() => gone);
  await second.nothing();
  if (input.sessionWorkflowId !== undefined) {
    await getExternalWorkflowHandle(input.sessionWorkflowId).signal(goSignal);
  }
}

/** A conversation that is woken once and does one thing. */
export async function bareSession(input: { id: string }): Promise<void> {
  let gone = false;
  setHandler(goSignal, () => {
    gone = true;
  });
  await condition(() => gone);
  await own.arrive(input.id);
}
