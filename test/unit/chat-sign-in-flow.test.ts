import { expect, test } from 'vitest';
import { flowSeconds, openFlow, sealFlow } from '../../api/chat/sign-in.ts';
import { sealText } from '../../activities/store/at-rest.ts';

const atRestKey = new Uint8Array(32).fill(3);
const begun = Date.parse('2026-11-25T09:00:00Z');
const flow = { state: 's', nonce: 'n', verifier: 'v', returnTo: '/', begunAt: begun };
const at = (ms: number) => ({ atRestKey, now: () => new Date(begun + ms) });

test('a sign-in is finished in its time, whatever became of the cookie', () => {
  const sealed = sealFlow({ atRestKey }, flow);
  expect(openFlow(at(0), sealed)).toEqual(flow);
  expect(openFlow(at(flowSeconds * 1_000), sealed)).toEqual(flow);
  expect(openFlow(at(flowSeconds * 1_000 + 1), sealed)).toBeUndefined();
  expect(openFlow(at(-1), sealed)).toBeUndefined();
});

test('one without a time, with another key or made up is none', () => {
  const { begunAt: _begunAt, ...timeless } = flow;
  expect(openFlow(at(0), sealText(atRestKey, JSON.stringify(timeless), 'chat sign-in flow'))).toBeUndefined();
  expect(openFlow(at(0), sealFlow({ atRestKey: new Uint8Array(32).fill(4) }, flow))).toBeUndefined();
  expect(openFlow(at(0), 'made up')).toBeUndefined();
  expect(openFlow(at(0), undefined)).toBeUndefined();
});
