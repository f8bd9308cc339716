import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEndpointModel } from '../../activities/chat/model-endpoint.ts';
import type { CallOutcome, ModelEvent, ModelPort, TranscriptItem } from '../../activities/chat/model-port.ts';
import { createPlanner } from '../../activities/chat/planner.ts';
import { startScriptedEndpoint, type Reply } from '../support/scripted-endpoint.ts';

let endpoint: Awaited<ReturnType<typeof startScriptedEndpoint>>;
beforeAll(async () => {
  endpoint = await startScriptedEndpoint();
});
afterAll(() => endpoint.stop());

const tool = {
  name: 'execute_command',
  description: 'Runs a command.',
  inputSchema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  repeatable: false,
};
const asked: TranscriptItem = { kind: 'user', text: 'Execute command: uptime' };
const made = (outcome: CallOutcome): TranscriptItem => ({
  kind: 'call',
  callId: 'call_of_the_database',
  name: 'execute_command',
  arguments: { command: 'uptime' },
  outcome,
});

function endpointModel(streaming: boolean): ModelPort {
  return createEndpointModel(
    { baseUrl: endpoint.baseUrl, model: 'scripted-1', streaming, timeoutMs: 5_000 },
    { logger: { warn: () => undefined }, retries: 0 },
  );
}

/** Every model keeps to the same contract; a scripted one is told what to say. */
const models: { name: string; make: () => ModelPort; offline: boolean }[] = [
  { name: 'the offline planner', make: createPlanner, offline: true },
  { name: 'an endpoint, streaming', make: () => endpointModel(true), offline: false },
  { name: 'an endpoint, as a whole', make: () => endpointModel(false), offline: false },
];

describe.each(models)('$name', ({ make, offline }) => {
  const step = async (transcript: TranscriptItem[], ...replies: Reply[]): Promise<ModelEvent[]> => {
    endpoint.script(...replies);
    const events: ModelEvent[] = [];
    for await (const event of make().step({ transcript, tools: [tool] })) events.push(event);
    return events;
  };
  const said = (events: ModelEvent[]) =>
    events.flatMap((event) => (event.type === 'text_delta' ? event.text : [])).join('');

  it('says whether it is offline, and gives no secret away', () => {
    const { identity } = make();
    expect(identity.offline).toBe(offline);
    expect(identity.description).not.toBe('');
  });

  it('proposes a call and makes none', async () => {
    const events = await step([asked], { call: 'execute_command', args: '{"command":"uptime"}' });
    expect(events.filter(({ type }) => type === 'tool_call')).toEqual([
      { type: 'tool_call', name: 'execute_command', arguments: { command: 'uptime' } },
    ]);
    expect(events.at(-1)).toEqual({ type: 'finish' });
  });

  it('says something after a result, and ends', async () => {
    const events = await step([asked, made({ kind: 'result', content: { stdout: 'up 3 days' } })], {
      say: 'Output: up 3 days',
    });
    expect(said(events)).toContain('up 3 days');
    expect(events.some(({ type }) => type === 'tool_call')).toBe(false);
    expect(events.at(-1)).toEqual({ type: 'finish' });
  });

  it('takes a transcript with a call that waits, and one that was turned away', async () => {
    const events = await step(
      [
        asked,
        made({ kind: 'waiting', content: { status: 'parked', request: 'req_1' } }),
        { kind: 'assistant', text: 'It waits.' },
        asked,
        made({ kind: 'ended', content: { status: 'denied' } }),
      ],
      { say: 'It was not run.' },
    );
    expect(said(events)).toContain('not run');
  });

  it('stops when it is told to', async () => {
    const model = make();
    endpoint.script('hang');
    const stop = AbortSignal.abort(new Error('the worker stops'));
    const walk = async () => {
      for await (const _event of model.step({ transcript: [asked], tools: [tool] }, stop));
    };
    if (offline) await walk();
    else await expect(walk()).rejects.toThrow('the worker stops');
  });
});
