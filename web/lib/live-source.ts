import type { LiveEvent } from '../../api/contract/events.ts';
import { eventKinds, parseLiveEvent } from './parse-live-event.ts';

/** What a stream reports. `opened` comes at each (re)opening: whatever happened in between was missed. */
export type LiveSignal = { type: 'opened' } | { type: 'event'; event: LiveEvent } | { type: 'lost'; refused: boolean };

const retryDelays = [1_000, 2_000, 5_000, 10_000] as const;

/**
 * Opens `GET /api/events` and keeps it open until the returned function is called. EventSource reconnects by itself
 * after a broken connection but gives up after an HTTP error (and hides which): that is `refused`, and tried again.
 */
export function openLiveSource(url: string, report: (signal: LiveSignal) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const receive = (message: MessageEvent<string>): void => {
    const event = parseLiveEvent(message.data);
    if (event !== undefined) report({ type: 'event', event });
  };
  const open = (): void => {
    const opened = new EventSource(url);
    source = opened;
    opened.onopen = () => {
      failures = 0;
      report({ type: 'opened' });
    };
    opened.onmessage = receive;
    for (const kind of eventKinds) opened.addEventListener(kind, receive);
    opened.onerror = () => {
      const refused = opened.readyState === EventSource.CLOSED;
      report({ type: 'lost', refused });
      if (!refused) return;
      timer = setTimeout(open, retryDelays[Math.min(failures, retryDelays.length - 1)]);
      failures += 1;
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
