import { setTimeout as sleep } from 'node:timers/promises';
import { liveEventSchema, type LiveEvent } from '../../api/contract/events.ts';

/** Somebody's open stream of `GET /api/events`. */
export interface LiveEvents {
  /** Waits until it has told this. @throws after 10 s, with what it has told */
  until(wanted: Pick<LiveEvent, 'kind' | 'id'>): Promise<void>;
  close(): Promise<void>;
}

/** Opens the stream at 8002 or at the chat. */
export async function liveEvents(base: string, cookie: string): Promise<LiveEvents> {
  const told: LiveEvent[] = [];
  const stop = new AbortController();
  const response = await fetch(`${base}/api/events`, { headers: { cookie }, signal: stop.signal });
  if (!response.ok) throw new Error(`the event stream answered ${response.status}`);
  const reading = read(response, told).catch(() => undefined);
  return {
    until: async (wanted) => {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
        if (told.some(({ kind, id }) => kind === wanted.kind && id === wanted.id)) return;
      }
      throw new Error(`never told: ${JSON.stringify(wanted)}, but ${JSON.stringify(told)}`);
    },
    close: async () => {
      stop.abort();
      await reading;
    },
  };
}

async function read(response: Response, told: LiveEvent[]): Promise<void> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const complete = text.slice(0, text.lastIndexOf('\n\n') + 2);
    text = text.slice(complete.length);
    // What has no id is the greeting or a heartbeat.
    for (const event of complete.split('\n\n').filter((part) => part.startsWith('id: '))) {
      const [, data = ''] = /^data: (.*)$/m.exec(event) ?? [];
      told.push(liveEventSchema.parse(JSON.parse(data)));
    }
  }
}
