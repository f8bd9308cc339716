import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { signInAsChat } from '../../test/support/chat-tokens.ts';
import { compared, inTurns, timed, type Figure } from '../figures.ts';
import { objectOf, postJson, signIn, textOf } from '../http.ts';
import type { World } from '../world.ts';

/** (a) Policy grants at once: from the request over HTTP to the answer with its token. */
export async function autoUpgrade({ product, temporal }: World): Promise<Figure[]> {
  const tokens = await signInAsChat(product, 'user@example.com');
  const authorization = `Bearer ${await tokens.tokenFor(`${product.issuer}/api`)}`;
  const admin = await signIn(product.issuer, 'admin@example.com');

  const ours = async (): Promise<number> => {
    const begun = performance.now();
    const answer = await postJson(`${product.issuer}/api/upgrade-scope`, { scopes: ['read:files'] }, { authorization });
    const ms = performance.now() - begun;
    if (answer['new_token'] === undefined || answer['auto_approved'] !== true) throw new Error('not granted at once');
    // Handed back untimed, as the next round would find it held.
    const status = await admin.get(`/api/status/${textOf(answer, 'approval_request_id')}`);
    await admin.post(`/api/grants/${textOf(objectOf(status, 'grant'), 'grant_id')}/revoke`);
    await sleep(100);
    return ms;
  };
  const bare = async (): Promise<number> => {
    const options = { taskQueue: 'bench', workflowId: `bench-${randomUUID()}` };
    const ms = await timed(() => temporal.workflow.execute('bareUpgrade', options));
    await sleep(100);
    return ms;
  };
  const [oursTimes, reference] = await inTurns([ours, bare], 40, 5);
  if (oursTimes === undefined || reference === undefined) throw new Error('not measured');
  return [
    compared({
      part: 'a',
      what: 'upgrade that policy grants at once, over HTTP, with its token',
      unit: 'ms',
      ours: oursTimes,
      reference,
      aim: '≤ 1.25',
    }),
  ];
}
