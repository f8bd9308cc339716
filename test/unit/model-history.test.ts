import { describe, expect, it } from 'vitest';
import { boundedHistory, historyLimits } from '../../activities/chat/model-history.ts';
import type { TranscriptItem } from '../../activities/chat/model-port.ts';

const user = (text: string): TranscriptItem => ({ kind: 'user', text });
const assistant = (text: string): TranscriptItem => ({ kind: 'assistant', text });
const call = (stdout: string): TranscriptItem => ({
  kind: 'call',
  callId: 'c',
  name: 'execute_command',
  arguments: { command: 'ps' },
  outcome: { kind: 'result', content: { stdout } },
});

describe('the history given to a model', () => {
  it('is all there when it is short', () => {
    const kinds = boundedHistory([user('a'), call('x'), assistant('b'), user('c')]).map(({ kind }) => kind);
    expect(kinds).toEqual(['user', 'call', 'assistant', 'user']);
  });

  it('drops the oldest, and begins with what a person said', () => {
    const turns = Array.from({ length: 200 }, (_, i) => [user(`question ${i}`), assistant('y'.repeat(1_000))]).flat();
    const shown = boundedHistory([...turns, user('the last')]);
    expect(shown[0]?.kind).toBe('user');
    expect(shown.at(-1)).toEqual({ kind: 'user', text: 'the last' });
    expect(JSON.stringify(shown).length).toBeLessThan(historyLimits.total * 1.2);
  });

  it('is bounded in number too', () => {
    const turns = Array.from({ length: 500 }, () => [user('q'), assistant('a')]).flat();
    expect(boundedHistory([...turns, user('the last')]).length).toBeLessThanOrEqual(historyLimits.items + 1);
  });

  it('keeps the whole turn, its answers cut to fit', () => {
    const turn = [user('go'), ...Array.from({ length: 8 }, () => call('z'.repeat(65_536)))];
    const shown = boundedHistory([user('before'), assistant('before'), ...turn]);
    expect(shown).toHaveLength(9);
    expect(shown[0]).toEqual({ kind: 'user', text: 'go' });
    expect(JSON.stringify(shown).length).toBeLessThan(historyLimits.total * 1.3);
    expect(shown.at(-1)).toMatchObject({ answer: expect.stringContaining('(cut short)') as string });
  });

  it('says what became of a call that has no result', () => {
    const [, waiting, ended] = boundedHistory([
      user('a'),
      { ...call(''), outcome: { kind: 'waiting', content: { status: 'parked', request: 'req_1' } } } as TranscriptItem,
      { ...call(''), outcome: { kind: 'ended', content: { status: 'denied' } } } as TranscriptItem,
    ]);
    expect(waiting).toMatchObject({ answer: expect.stringMatching(/^Pending, nothing has run.*req_1/) as string });
    expect(ended).toMatchObject({ answer: expect.stringMatching(/^Not run.*denied/) as string });
  });
});
