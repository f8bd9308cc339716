import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askModel } from '../../activities/chat/model-answer.ts';
import { createEndpointModel } from '../../activities/chat/model-endpoint.ts';
import { modelFailureText, type ModelFailure } from '../../activities/chat/model-failure.ts';
import type { TranscriptItem } from '../../activities/chat/model-port.ts';
import { startScriptedEndpoint, type Reply } from '../support/scripted-endpoint.ts';

const apiKey = 'sk-very-secret-0123456789';
let endpoint: Awaited<ReturnType<typeof startScriptedEndpoint>>;
let logged: unknown[];
beforeAll(async () => {
  endpoint = await startScriptedEndpoint();
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  endpoint.seen.length = 0;
  logged = [];
});

const tool = {
  name: 'execute_command',
  description: 'Runs a command.',
  inputSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { command: { type: 'string', minLength: 1, maxLength: 100 } },
    required: ['command'],
  },
  repeatable: false,
};
const asked: TranscriptItem = { kind: 'user', text: 'How long has this been up?' };
const command = { command: 'uptime | head -1' };
const proposed = { kind: 'call', tool, arguments: command };

function model(over: { streaming?: boolean; timeoutMs?: number; baseUrl?: string; retries?: number } = {}) {
  const { retries = 0, ...settings } = over;
  return createEndpointModel(
    { baseUrl: endpoint.baseUrl, model: 'scripted-1', apiKey, streaming: true, timeoutMs: 5_000, ...settings },
    { logger: { warn: (...line: unknown[]) => void logged.push(line) }, retries },
  );
}
async function ask(over: Parameters<typeof model>[0], ...replies: Reply[]) {
  endpoint.script(...replies);
  const result = await askModel(model(over), { transcript: [asked], tools: [tool] });
  expect(JSON.stringify([result, logged])).not.toContain(apiKey);
  return result;
}
const failed = (failure: ModelFailure) => ({ kind: 'failed', text: modelFailureText(failure) });

describe.each([true, false])('streaming: %s', (streaming) => {
  it('answers with text', async () => {
    expect(await ask({ streaming }, { say: 'Three days, I think.' })).toEqual({
      kind: 'text',
      text: 'Three days, I think.',
    });
    expect(endpoint.seen[0]).toMatchObject({
      authorization: `Bearer ${apiKey}`,
      body: { model: 'scripted-1', tools: [{ type: 'function', function: { name: 'execute_command' } }] },
    });
    expect(endpoint.seen[0]?.body.stream === true).toBe(streaming);
    expect(JSON.stringify(endpoint.seen[0]?.body.tools)).not.toContain('$schema');
  });

  it('proposes a call, also after some words', async () => {
    const args = JSON.stringify(command);
    expect(await ask({ streaming }, { call: 'execute_command', args })).toEqual(proposed);
    expect(await ask({ streaming }, { call: 'execute_command', args, before: 'Let me see. ' })).toEqual(proposed);
  });

  it.each<[string, Reply, RegExp]>([
    ['no JSON', { call: 'execute_command', args: '{"command": "upt' }, /must be a JSON object/],
    ['a list', { call: 'execute_command', args: '["uptime"]' }, /must be a JSON object/],
    ['not what the schema says', { call: 'execute_command', args: '{"command": 7}' }, /must be string/],
    ['missing', { call: 'execute_command', args: '{}' }, /required property 'command'/],
    ['not text', { call: 'execute_command', args: '{"command": "a\\u0000b"}' }, /not text/],
    ['half a character', { call: 'execute_command', args: '{"command": "a\\ud83d"}' }, /not text/],
    ['for another tool', { call: 'rm_rf', args: '{}' }, /no such tool/],
  ])('gives a call back once whose arguments are %s, and then ends the turn', async (_what, bad, problem) => {
    const lost = streaming && _what === 'no JSON';
    // What is no JSON in a stream is asked for again as a whole before the model is blamed.
    const twice = (reply: Reply) => (lost ? [reply, reply] : [reply]);
    expect(await ask({ streaming }, ...twice(bad), { call: 'execute_command', args: JSON.stringify(command) })).toEqual(
      proposed,
    );
    expect(JSON.stringify(endpoint.seen.at(-1)?.body.messages)).toMatch(problem);
    const end = await ask({ streaming }, ...twice(bad), ...twice(bad), { say: 'never asked' });
    expect(end.kind).toBe('failed');
    expect(end).toMatchObject({ text: expect.stringMatching(problem) as string });
    expect(end).toMatchObject({ text: expect.stringContaining('The call was not made.') as string });
  });

  it.each<[Reply, ModelFailure]>([
    [{ status: 401, body: { error: { message: `bad key ${apiKey}` } } }, 'key_refused'],
    [{ status: 404 }, 'not_found'],
    [{ status: 400, body: { error: { message: `too long: ${apiKey}` } } }, 'request_refused'],
    [{ status: 429 }, 'busy'],
    [{ status: 500 }, 'unreachable'],
    [{ status: 503, body: '<html>' }, 'unreachable'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } }, 'unreachable'],
  ])('tells %j apart', async (reply, failure) => {
    expect(await ask({ streaming }, reply)).toEqual(failed(failure));
    expect(logged).toHaveLength(1);
  });

  it('tries again what was turned away, as long as the endpoint says to wait', async () => {
    const busy: Reply = { status: 429, headers: { 'retry-after-ms': '5' } };
    const down: Reply = { status: 500, headers: { 'retry-after-ms': '5' } };
    expect(await ask({ streaming, retries: 2 }, busy, down, { say: 'Here I am.' })).toMatchObject({ kind: 'text' });
    expect(await ask({ streaming, retries: 2 }, busy, busy, busy)).toEqual(failed('busy'));
  });

  it('waits so long and no longer', async () => {
    expect(await ask({ streaming, timeoutMs: 150 }, 'hang')).toEqual(failed('timeout'));
  });

  it('says when nobody is there', async () => {
    expect(await ask({ streaming, baseUrl: 'http://127.0.0.1:9/v1' })).toEqual(failed('unreachable'));
  });

  it('takes an empty answer for none', async () => {
    expect(await ask({ streaming }, { say: ' ' })).toEqual(failed('empty_answer'));
  });

  it('marks what the model itself cut short', async () => {
    expect(await ask({ streaming }, { say: 'One, two', finish: 'length' })).toMatchObject({
      text: expect.stringContaining('cut short') as string,
    });
  });

  it('cuts an endless answer, and keeps what cannot be stored out of it', async () => {
    const long = await ask({ streaming }, { say: 'x'.repeat(33_000) });
    expect(long).toMatchObject({ kind: 'text' });
    expect('text' in long && long.text.length).toBeLessThan(32_100);
    expect(await ask({ streaming }, { say: 'a\0b' })).toEqual({ kind: 'text', text: 'ab' });
  });
});

describe('servers that stream in their own way', () => {
  it.each(['plain', 'ogx', 'no-index', 'no-type', 'name-late'] as const)('%s', async (dialect) => {
    const reply: Reply = { call: 'execute_command', args: JSON.stringify(command), dialect };
    expect(await ask({}, reply)).toEqual(proposed);
    expect(endpoint.seen).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['a stream that breaks off in mid-call', { call: 'execute_command', args: '{"command":"upt' }],
    ['a stream without an end', { say: 'half a sen', finish: null }],
    ['a stream of something else', { raw: 'data: {"choices": "none"}\n\n' }],
    ['a stream that is no JSON', { raw: 'data: {oops\n\n' }],
    ['an error in the stream', { raw: 'data: {"error":{"message":"out of memory"}}\n\n' }],
    ['a page', { raw: '<html>', type: 'text/html' }],
  ])('asks again as a whole after %s', async (_what, reply) => {
    expect(await ask({}, reply, { say: 'Whole.' })).toEqual({ kind: 'text', text: 'Whole.' });
    expect(endpoint.seen.map(({ body }) => body.stream === true)).toEqual([true, false]);
    expect(await ask({}, reply, { raw: 'nonsense', type: 'application/json' })).toEqual(failed('unusable_answer'));
  });

  it('says so when the connection breaks', async () => {
    expect(await ask({ streaming: false }, 'cut')).toMatchObject({ kind: 'failed' });
    expect(await ask({}, 'cut', { say: 'Whole.' })).toMatchObject({ kind: 'text', text: 'Whole.' });
  });
});

describe('what leaves this machine', () => {
  it('is the conversation with the answers beside their calls, under ids of its own', async () => {
    const call: TranscriptItem = {
      kind: 'call',
      callId: 'call_00000000-0000-0000-0000-000000000000',
      name: 'execute_command',
      arguments: command,
      outcome: { kind: 'waiting', content: { status: 'parked', request: 'req_7' } },
    };
    endpoint.script({ say: 'It waits.' });
    await askModel(model(), { transcript: [asked, call, { kind: 'assistant', text: 'It waits.' }, asked], tools: [] });
    const { messages, tools } = endpoint.seen[0]?.body ?? { messages: [] };
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'user']);
    expect(messages[3]).toMatchObject({ content: expect.stringMatching(/^Pending.*req_7/) as string });
    expect(JSON.stringify(messages)).not.toContain(call.callId);
    expect(tools).toBeUndefined();
  });

  it('never follows a redirect with the key', async () => {
    let reached = false;
    const other = createServer((_request, response) => {
      reached = true;
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await ask({}, { status: 307, headers: { location: `http://127.0.0.1:${port}/v1/chat/completions` } });
    other.close();
    expect(reached).toBe(false);
  });
});
