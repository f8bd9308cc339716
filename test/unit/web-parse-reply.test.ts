import { describe, expect, it } from 'vitest';
import { parseReply } from '../../web/chat/conversation/parse-reply.ts';

describe('parseReply', () => {
  it('sets fenced code apart, byte for byte', () => {
    expect(parseReply('Here:\n\n```text\n<b>x</b>\n  - y\n\n```\nDone.')).toEqual([
      { type: 'paragraph', parts: [{ type: 'text', text: 'Here:' }] },
      { type: 'code', language: 'text', text: '<b>x</b>\n  - y\n' },
      { type: 'paragraph', parts: [{ type: 'text', text: 'Done.' }] },
    ]);
  });

  it('does not let quoted output close a longer fence', () => {
    expect(parseReply('````\n```\nstill quoted\n````')).toEqual([
      { type: 'code', language: '', text: '```\nstill quoted' },
    ]);
  });

  it('keeps an unclosed fence as code to the end', () => {
    expect(parseReply('```\nhalf')).toEqual([{ type: 'code', language: '', text: 'half' }]);
  });

  it('knows inline code, bold and lists, and nothing else', () => {
    expect(parseReply('Use `a*b` and **c**.\n\n- one\n- `two`')).toEqual([
      {
        type: 'paragraph',
        parts: [
          { type: 'text', text: 'Use ' },
          { type: 'code', text: 'a*b' },
          { type: 'text', text: ' and ' },
          { type: 'strong', text: 'c' },
          { type: 'text', text: '.' },
        ],
      },
      { type: 'list', items: [[{ type: 'text', text: 'one' }], [{ type: 'code', text: 'two' }]] },
    ]);
    const harmless = '<img src=x onerror=alert(1)> [click](javascript:alert(1))';
    expect(parseReply(harmless)).toEqual([{ type: 'paragraph', parts: [{ type: 'text', text: harmless }] }]);
  });
});
