import { EventEmitter, once } from 'node:events';

/** An open stream of `GET /api/events`, as a dashboard has one, without a delay of its own. */
export interface Told {
  /** Resolves with the next event that names this id. */
  next(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the stream. */
export async function openTold(base: string, cookie: string): Promise<Told> {
  const stop = new AbortController();
  const ids = new EventEmitter();
  ids.setMaxListeners(0);
  const response = await fetch(`${base}/api/events`, { headers: { cookie }, signal: stop.signal });
  if (!response.ok) throw new Error(`the event stream answered ${response.status}`);
  const reading = read(response, (id) => ids.emit(id)).catch(() => undefined);
  return {
    next: async (id) => void (await once(ids, id, { signal: AbortSignal.timeout(10_000) })),
    close: async () => {
      stop.abort();
      await reading;
    },
  };
}

async function read(response: Response, tell: (id: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      const data: unknown = JSON.parse(line.slice('data: '.length));
      if (typeof data === 'object' && data !== null && 'id' in data && typeof data.id === 'string') tell(data.id);
    }
  }
}
