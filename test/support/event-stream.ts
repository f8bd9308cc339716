import { liveEventSchema, type LiveEvent } from '../../api/contract/events.ts';

/** One event as it stands on the wire. */
export interface StreamedEvent {
  event: string;
  /** Its id, if it has one. */
  id: string | undefined;
  /** Of a change, not of a greeting. */
  change: LiveEvent | undefined;
}

/** Somebody's open stream, with everything on it so far. */
export interface EventStream {
  readonly events: readonly StreamedEvent[];
  /** The changes told so far. */
  readonly changes: readonly LiveEvent[];
  /** What a browser would send as `Last-Event-ID` now. */
  readonly lastEventId: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens `GET /api/events`.
 *
 * @param as the cookie of a browser, or the headers of a client.
 * @param lastEventId as a browser sends it when it comes back.
 */
export async function openEventStream(
  base: string,
  as: string | Record<string, string>,
  lastEventId?: string,
): Promise<EventStream> {
  const stop = new AbortController();
  const response = await fetch(`${base}/api/events`, {
    headers: {
      ...(typeof as === 'string' ? { cookie: as } : as),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: stop.signal,
  });
  if (!response.ok) throw new Error(`the event stream answered ${response.status}`);
  const events: StreamedEvent[] = [];
  const reading = read(response, events).catch(() => undefined);
  return {
    events,
    get changes() {
      return events.flatMap(({ change }) => (change === undefined ? [] : [change]));
    },
    get lastEventId() {
      return events.findLast(({ id }) => id !== undefined)?.id;
    },
    close: async () => {
      stop.abort();
      await reading;
    },
  };
}

async function read(response: Response, events: StreamedEvent[]): Promise<void> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const complete = text.slice(0, text.lastIndexOf('\n\n') + 2);
    text = text.slice(complete.length);
    for (const block of complete.split('\n\n').filter((part) => /^event: /m.test(part))) events.push(parse(block));
  }
}

function parse(block: string): StreamedEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const event = field('event') ?? '';
  const greeting = event === 'hello' || event === 'resync';
  return {
    event,
    id: field('id'),
    change: greeting ? undefined : liveEventSchema.parse(JSON.parse(field('data') ?? '')),
  };
}
