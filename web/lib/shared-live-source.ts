import { openLiveSource, type LiveSignal } from './live-source.ts';

type TabMessage = { type: 'signal'; signal: LiveSignal } | { type: 'joined' };

/**
 * The live stream, one per browser instead of one per tab: browsers allow six connections to a host, so the seventh
 * tab's requests would wait for ever. The tab that holds the lock owns the stream and passes on what it hears; when it
 * closes, the next tab takes over.
 */
export function openSharedLiveSource(url: string, report: (signal: LiveSignal) => void): () => void {
  // Locks need a secure context; without them each tab has a stream of its own.
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) return openLiveSource(url, report);

  const channel = new BroadcastChannel(`countersign:${url}`);
  const ended = new AbortController();
  let standing: LiveSignal | undefined;
  let closeOwn: (() => void) | undefined;
  const tell = (message: TabMessage): void => channel.postMessage(message);

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'signal') report(data.signal);
    else if (standing !== undefined) tell({ type: 'signal', signal: standing });
  };
  tell({ type: 'joined' });

  navigator.locks
    .request(`countersign:${url}`, { signal: ended.signal }, () => {
      // The lock may have been on its way when this tab stopped listening: give it to the next one.
      if (ended.signal.aborted) return Promise.resolve();
      closeOwn = openLiveSource(url, (signal) => {
        if (signal.type !== 'event') standing = signal;
        report(signal);
        tell({ type: 'signal', signal });
      });
      return new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve()));
    })
    .catch(() => undefined); // Aborted while waiting in line: this tab closed first.

  return () => {
    ended.abort();
    closeOwn?.();
    channel.close();
  };
}
