import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStepUpWorld, type StepUpWorld } from '../support/step-up-world.ts';

let world: StepUpWorld;

beforeAll(async () => {
  world = await startStepUpWorld();
}, 60_000);
afterAll(() => world.product.stop());

describe('while somebody waits', () => {
  test('the auth server restarts: the page goes on where it was, and a decision of meanwhile is the code', async () => {
    const who = await world.connected();
    const { waiting, checks } = await world.authorize(who, 'none execute:commands');
    await world.product.roles.api.stop();
    await world.product.roles.api.start();
    await world.decide((await world.view(who.browser, waiting)).requests[0]?.request_id, 'approve');
    const callback = await world.goOn(who.browser, waiting);
    expect(await world.token(who, callback, checks)).toBe('execute:commands none');
  });

  test('no worker runs: it waits all the same, and is decided when one does', async () => {
    const who = await world.connected();
    await world.product.roles.worker.stop();
    const { waiting, checks } = await world.authorize(who, 'none execute:commands');
    expect(waiting).not.toBe('');
    const [request] = (await world.view(who.browser, waiting)).requests;
    expect(request).toMatchObject({ status: 'pending', approval_type: null });
    await world.product.roles.worker.start();
    await expect
      .poll(async () => (await world.view(who.browser, waiting)).requests[0]?.approval_type, { timeout: 10_000 })
      .toBe('admin_required');
    await world.decide(request?.request_id, 'approve');
    expect(await world.token(who, await world.goOn(who.browser, waiting), checks)).toBe('execute:commands none');
  });
});
