import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { compared, type Figure } from '../figures.ts';
import { Busy, signIn, textOf, type Json, type Person } from '../http.ts';
import { addSpareScopes, spareScopes, type World } from '../world.ts';

const inFlight = 50;

/** (c) Asked, approved by another person, granted: how many a second with 50 at any time. */
export async function throughput(world: World): Promise<Figure[]> {
  const { product, temporal } = world;
  const admin = await signIn(product.issuer, 'admin@example.com');
  const emails = ['user@example.com', 'demo@example.com', 'manager@example.com', 'auditor@example.com'];
  const people = await Promise.all(emails.map((email) => signIn(product.issuer, email)));
  // Each person can be granted each scope once.
  const pairs = spareScopes.flatMap((scope) => people.map((person) => ({ person, scope })));

  let repeats = 0;
  /** As the answer 503 says: sent again, it finds the stored request. */
  const insist = async (work: () => Promise<Json>): Promise<Json> => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        repeats += 1;
      }
    }
  };
  await addSpareScopes(world);
  await untilKnown(people[0]);

  const ours = async (): Promise<void> => {
    const pair = pairs.shift();
    if (pair === undefined) throw new Error('no scope left to ask for');
    const asked = await insist(() => pair.person.post('/api/upgrade-scope', { scopes: [pair.scope] }));
    const requestId = textOf(asked, 'approval_request_id');
    let status = await insist(() => admin.post(`/api/approve/${requestId}`));
    // Recorded and not yet judged (202): it will be.
    while (status['status'] === 'pending') {
      repeats += 1;
      await sleep(50);
      status = await admin.get(`/api/status/${requestId}`);
    }
    if (status['status'] !== 'approved') throw new Error(`not approved: ${JSON.stringify(status)}`);
  };
  const bare = async (): Promise<void> => {
    const handle = await temporal.workflow.start('bareApproval', {
      taskQueue: 'bench',
      workflowId: `bench-${randomUUID()}`,
      args: [{}],
    });
    await handle.signal('go');
    await handle.result();
  };

  const rates: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  for (let turn = 0; turn < 2; turn += 1) {
    if (turn === 0) await perSecond(bare, 10);
    rates.bare.push(await perSecond(bare, 100));
    rates.ours.push(await perSecond(ours, 100));
  }
  return [
    compared({
      part: 'c',
      what: `full approvals with ${inFlight} in flight`,
      unit: 'per second',
      ours: mean(rates.ours),
      reference: mean(rates.bare),
      aim: '≥ 0.7',
    }),
    { part: 'c', what: 'of which: answers to wait for or ask again', unit: 'times', ours: repeats },
  ];
}

/** Waits until the edited policy is live. @throws after 15 s */
async function untilKnown(person: Person | undefined): Promise<void> {
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; await sleep(200)) {
    const known = await person?.post('/api/upgrade-scope', { scopes: ['bench:0', 'none:such'] }).catch(String);
    if (typeof known === 'string' && known.includes('none:such') && !known.includes('\\"bench:0\\" is not')) return;
  }
  throw new Error('the edited policy did not become live');
}

async function perSecond(work: () => Promise<void>, count: number): Promise<number> {
  let left = count;
  const begun = performance.now();
  const slot = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, slot));
  return (count * 1_000) / (performance.now() - begun);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
