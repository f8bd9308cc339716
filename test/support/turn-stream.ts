import { turnEventSchema, type TurnEvent } from '../../api/contract/chat-stream.ts';
import type { Visitor } from './visitor.ts';

/** A turn as it is told by `POST /chat` or `POST /retry-message` as an event stream. */
export interface TurnStream {
  status: number;
  contentType: string | null;
  /** What has been told so far. */
  readonly events: readonly TurnEvent[];
  /** Resolves when the stream has ended. */
  ended: Promise<void>;
  /** Goes away in the middle. */
  leave(): void;
}

/** Begins a turn and reads it; every event is held to the contract. */
export async function openTurn(
  base: string,
  who: Visitor,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<TurnStream> {
  const stop = new AbortController();
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { cookie: who.cookie, accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: stop.signal,
  });
  const events: TurnEvent[] = [];
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) continue;
        const event = turnEventSchema.parse(JSON.parse(data));
        if (/^event: (.*)$/m.exec(block)?.[1] !== event.type) throw new Error(`another name: ${block}`);
        events.push(event);
      }
    }
  };
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    events,
    ended: read().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    }),
    leave: () => stop.abort(),
  };
}

/** The text that the deltas come to. */
export function textOf(events: readonly TurnEvent[]): string {
  return events.reduce(
    (text, event) => (event.type === 'text' ? text + event.delta : event.type === 'text_reset' ? '' : text),
    '',
  );
}
