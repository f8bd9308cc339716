import { setTimeout as sleep } from 'node:timers/promises';
import { openEventStream } from '../test/support/event-stream.ts';
import { objectOf, signIn, textOf } from './http.ts';
import { startWorld } from './world.ts';

const world = await startWorld();
const { product, temporal } = world;
const admin = await signIn(product.issuer, 'admin@example.com');
const user = await signIn(product.chatUrl, 'user@example.com');
const stream = await openEventStream(product.chatUrl, user.cookie);
const times: number[] = [];
try {
  for (let i = 0; i < 14; i += 1) {
    const reply = await user.post('/chat', { message: '/users' });
    const sessionId = textOf(reply, 'session_id');
    const asked = await user.post('/request-approval', { session_id: sessionId, message_id: textOf(reply, 'message_id') });
    const requestId = textOf(asked, 'approval_request_id');
    await sleep(200);
    const seen = stream.changes.length;
    const begunWall = Date.now();
    const begun = performance.now();
    let answered = 0;
    const approving = admin.post(`/api/approve/${requestId}`).then((s) => { answered = performance.now() - begun; return s; });
    let looked = 0;
    for (;;) {
      const n = stream.changes.slice(seen).filter(({ kind, id }) => kind === 'chat_session' && id === sessionId).length;
      if (n === looked) { await sleep(1); continue; }
      looked = n;
      const h = await user.get(`/api/chat-history?session_id=${sessionId}`);
      if (JSON.stringify(h).includes('"status":"succeeded"')) break;
    }
    const end = performance.now() - begun;
    times.push(end);
    const status = await approving;
    if (i === 13 || i === 9) {
      console.log('--- run', i, 'answered', answered.toFixed(0), 'visible', end.toFixed(0));
      for (const w of [`scope-upgrade:${requestId}`, `chat-session:${sessionId}`]) {
        const hist = await temporal.workflow.getHandle(w).fetchHistory();
        for (const e of hist.events ?? []) {
          const t = Number(e.eventTime?.seconds) * 1000 + Number(e.eventTime?.nanos) / 1e6 - begunWall;
          if (t > -5) console.log(w.slice(0, 8), t.toFixed(1), String(e.eventType), Object.keys(e).find((k) => k.endsWith('Attributes')), JSON.stringify((e as any).activityTaskScheduledEventAttributes?.activityType?.name ?? (e as any).markerRecordedEventAttributes?.markerName ?? ''));
        }
      }
    }
    await admin.post(`/api/grants/${textOf(objectOf(status, 'grant'), 'grant_id')}/revoke`);
    await sleep(120);
  }
  console.log(times.map((t) => t.toFixed(0)).join(' '), 'median', times.sort((a, b) => a - b)[7]?.toFixed(0));
} finally {
  await stream.close();
  await world.stop();
}
