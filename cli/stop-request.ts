/** Somebody wants the whole thing to stop. */
export interface StopRequest {
  /** Settles at the first request. */
  request: Promise<void>;
  requested(): boolean;
  /** @throws when a stop was requested: between two steps of the start. */
  check(): void;
  /** What a second request does before the process ends at once. */
  onKill(kill: () => void): void;
}

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal, and the end of the process that started us. The first asks to stop in
 * order, the second kills.
 */
export function listenForStop(say: (message: string) => void): StopRequest {
  let requests = 0;
  let killAll: () => void = () => undefined;
  let resolveRequest: () => void = () => undefined;
  const request = new Promise<void>((resolve) => (resolveRequest = resolve));
  const ask = (signal: string) => {
    requests += 1;
    if (requests === 1) {
      say(`${signal}: stopping in order; once more kills everything`);
      resolveRequest();
    } else {
      killAll();
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  // A parent that ended cannot ask twice: this alone must not kill.
  process.once('disconnect', () => requests === 0 && ask('the command that started this has ended'));
  // A closed terminal must not end us before the parts are stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return {
    request,
    requested: () => requests > 0,
    check() {
      if (requests > 0) throw new Error('stopped while starting');
    },
    onKill(kill) {
      killAll = kill;
    },
  };
}
