import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventStream } from '../../test/support/event-stream.ts';
import { compared, inTurns, timesOf, type Figure } from '../figures.ts';
import { objectOf, signIn, textOf, type Person } from '../http.ts';
import type { World } from '../world.ts';

/** (b) From an approval over HTTP to the tool's result in the conversation of somebody who watches the event stream. */
export async function resume({ product, temporal, worker }: World): Promise<Figure[]> {
  const admin = await signIn(product.issuer, 'admin@example.com');
  const user = await signIn(product.chatUrl, 'user@example.com');
  const stream = await openEventStream(product.chatUrl, user.cookie);
  const approvals: number[] = [];

  const ours = async (): Promise<number> => {
    const reply = await user.post('/chat', { message: '/users' });
    const sessionId = textOf(reply, 'session_id');
    const asked = await user.post('/request-approval', {
      session_id: sessionId,
      message_id: textOf(reply, 'message_id'),
    });
    const requestId = textOf(asked, 'approval_request_id');
    // The conversation's workflow has come to rest.
    await sleep(150);
    const seen = stream.changes.length;
    const begun = performance.now();
    const approving = admin.post(`/api/approve/${requestId}`).then((status) => {
      approvals.push(performance.now() - begun);
      return status;
    });
    const end = await whenResultIsVisible(
      user,
      sessionId,
      () => stream.changes.slice(seen).filter(({ kind, id }) => kind === 'chat_session' && id === sessionId).length,
    );
    const status = await approving;
    await admin.post(`/api/grants/${textOf(objectOf(status, 'grant'), 'grant_id')}/revoke`);
    await sleep(100);
    return end - begun;
  };

  const bare = async (): Promise<number> => {
    const id = randomUUID();
    const [workflowId, sessionWorkflowId] = [`bench-${id}`, `bench-session-${id}`];
    await temporal.workflow.start('bareSession', { taskQueue: 'bench', workflowId: sessionWorkflowId, args: [{ id }] });
    const handle = await temporal.workflow.start('bareApproval', {
      taskQueue: 'bench',
      workflowId,
      args: [{ sessionWorkflowId }],
    });
    await sleep(250);
    const arrived = worker.arrived(id);
    const begun = performance.now();
    await handle.signal('go');
    await arrived;
    const ms = performance.now() - begun;
    await sleep(100);
    return ms;
  };

  const [oursTimes, reference] = await inTurns([ours, bare], 24, 3);
  await stream.close();
  if (oursTimes === undefined || reference === undefined) throw new Error('not measured');
  return [
    compared({
      part: 'b',
      what: 'approval over HTTP → tool result visible through the event stream',
      unit: 'ms',
      ours: oursTimes,
      reference,
      aim: '≤ 1.3',
    }),
    { part: 'b', what: 'of which: until the approval is answered', unit: 'ms', ours: timesOf(approvals) },
  ];
}

/** Reads the conversation at each event that names it, as the page does. @throws after 15 s */
async function whenResultIsVisible(user: Person, sessionId: string, eventsSoFar: () => number): Promise<number> {
  let looked = 0;
  for (const deadline = performance.now() + 15_000; performance.now() < deadline;) {
    const events = eventsSoFar();
    if (events === looked) {
      await sleep(1);
      continue;
    }
    looked = events;
    const history = await user.get(`/api/chat-history?session_id=${sessionId}`);
    if (JSON.stringify(history).includes('"status":"succeeded"')) return performance.now();
  }
  throw new Error('the result did not appear');
}
