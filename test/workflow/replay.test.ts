import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../../workers/bundle.ts';
import { quietRuntime } from '../support/time-skipping.ts';

const folder = new URL('histories/', import.meta.url);
const names = (await readdir(folder)).map((file) => file.replace(/\.json$/, '')).sort();

let code: string;
beforeAll(async () => {
  quietRuntime();
  ({ code } = await bundleWorkflows());
});

/** @returns the names of the histories that the workflows of that bundle do not replay, with why. */
async function failures(bundle: WorkflowBundle, wanted: readonly string[]): Promise<Record<string, string>> {
  const histories = await Promise.all(
    wanted.map(async (name) => ({
      workflowId: name,
      history: historyFromJSON(JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8'))),
    })),
  );
  const failed: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, histories)) {
    if (error !== undefined) failed[workflowId] = error.name;
  }
  return failed;
}

/** The bundle with one change in the code of the workflows. */
function altered(from: string, to: string): WorkflowBundle {
  const changed = code.replace(from, to);
  if (changed === code) throw new Error(`the bundle does not contain ${from}`);
  return { code: changed };
}

describe('histories of every end and every waiting state', () => {
  it('are there', () => {
    const of = (prefix: string) =>
      names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    expect(of('scope-upgrade.ended.')).toEqual(
      expect.arrayContaining(['approved', 'auto', 'cancelled', 'denied', 'expired', 'forbidden', 'revoked']),
    );
    expect(of('scope-upgrade.waiting.')).toEqual(expect.arrayContaining(['granted', 'minting', 'pending']));
    expect(of('chat-session.ended.')).toEqual(
      expect.arrayContaining([
        ...['call-unknown', 'cancelled-in-mid-call', 'continued-as-new', 'deleted', 'denied', 'idle'],
        'idle-with-parked-call',
      ]),
    );
    expect(of('chat-session.waiting.')).toEqual(expect.arrayContaining(['calling', 'idle', 'model', 'parked']));
  });

  it('replay with the workflows as they are now', async () => {
    expect(await failures({ code }, names)).toEqual({});
  });

  it('hold no address, no token and nothing of the machine that recorded them', async () => {
    for (const name of names) {
      const text = await readFile(new URL(`${name}.json`, folder), 'utf8');
      const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data]) => Buffer.from(data ?? '', 'base64'));
      const found = /@example|eyJ[\w-]+\.|\/work\/|\/root\/|\/home\//.exec(`${text}${payloads.join('\n')}`);
      expect(found?.[0], name).toBeUndefined();
    }
  });
});

describe('a changed workflow does not replay', () => {
  it.each([
    ['another activity at the end', 'await wakeAfterEnd(', 'await releaseCalls(', 'scope-upgrade.ended.denied'],
    ['no policy asked', 'await local.evaluateRequest(', 'await mintGrant(', 'scope-upgrade.waiting.pending'],
    ['the mint left out', 'mintGrant(decisionId', '(async (left) => left)(decisionId', 'scope-upgrade.ended.approved'],
    [
      'a call made without being looked for',
      'await session.findChatWork(input)',
      "{ kind: 'call', callId: 'x', approved: true }",
      'chat-session.waiting.parked',
    ],
  ])('%s', async (_what, from, to, name) => {
    const failed = await failures(altered(from, to), [name]);
    expect(Object.keys(failed)).toEqual([name]);
    expect(failed[name]).toBe('DeterminismViolationError');
  });
});
