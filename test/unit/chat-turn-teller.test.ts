import { describe, expect, it } from 'vitest';
import { storableSoFar } from '../../activities/chat/storable-text.ts';
import { TurnTeller } from '../../api/chat/turn-teller.ts';
import type { ChatReply, ToolCallView } from '../../api/contract/chat.ts';
import type { TurnEvent } from '../../api/contract/chat-stream.ts';

const call = (status: ToolCallView['status']): ToolCallView => ({
  call_id: 'call_1',
  name: 'list_files',
  arguments: {},
  status,
});
const reply = (text: string, tool_calls: ToolCallView[] = []): ChatReply => ({
  session_id: 's',
  message_id: 'm',
  status: 'completed',
  reply: text,
  tool_calls,
});

function told(steps: (teller: TurnTeller) => void): { events: TurnEvent[]; text: string } {
  const events: TurnEvent[] = [];
  steps(new TurnTeller((event) => events.push(event)));
  let text = '';
  for (const event of events) {
    if (event.type === 'text') text += event.delta;
    if (event.type === 'text_reset') text = '';
  }
  return { events, text };
}

describe('what is told of a turn', () => {
  it('is each piece of text once, and the deltas put together are the reply', () => {
    const { events, text } = told((teller) => {
      teller.said('m', 'He');
      teller.stored('m', 'He');
      teller.said('m', 'Hello');
      teller.said('m', 'Hello');
      teller.reply(reply('Hello there'));
    });
    expect(events.map((event) => (event.type === 'text' ? event.delta : event.type))).toEqual([
      ...['He', 'llo', ' there'],
      'reply',
    ]);
    expect(text).toBe('Hello there');
  });

  it('is not taken back because the database lags behind', () => {
    const { events } = told((teller) => {
      teller.said('m', 'Hello');
      teller.stored('m', '');
      teller.stored('m', 'Hel');
    });
    expect(events).toHaveLength(1);
  });

  it('begins anew when the model does, and when the reply is another one', () => {
    const { events, text } = told((teller) => {
      teller.said('m', 'First');
      teller.said('m', '');
      teller.said('m', 'Second');
      teller.reply(reply('Third'));
    });
    expect(events.filter(({ type }) => type === 'text_reset')).toHaveLength(2);
    expect(text).toBe('Third');
  });

  it('is each state of a call once; what was said before it does not count', () => {
    const { events, text } = told((teller) => {
      teller.said('m', 'Let me see…');
      teller.calls('m', [call('proposed')]);
      teller.calls('m', [call('proposed')]);
      teller.calls('m', [call('running')]);
      teller.reply(reply('Two files.', [call('succeeded')]));
    });
    expect(events.flatMap((event) => (event.type === 'tool_call' ? [event.tool_call.status] : []))).toEqual([
      ...['proposed', 'running', 'succeeded'],
    ]);
    expect(text).toBe('Two files.');
  });
});

describe('a text that is still being said', () => {
  it.each([
    ['half a character', 'So \u{1F600}'.slice(0, -1), 'So'],
    ['blanks at its ends', '  a b \n', 'a b'],
    ['NUL', 'a\0b', 'ab'],
  ])('is shown without %s', (_what, said, shown) => {
    expect(storableSoFar(said)).toBe(shown);
  });
});
