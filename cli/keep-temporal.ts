import { startTemporalServer, type TemporalServer } from './embedded/temporal-server.ts';
import { keepRunning } from './service.ts';
import { endOf, logFile, type StartContext } from './start-context.ts';

/** The embedded Temporal as the rest sees it. */
export interface KeptTemporal {
  /** Stays the same over a restart. */
  address: string;
  namespace: string;
  /** The private port of its UI now. */
  uiPort(): number;
}

/** Runs the embedded Temporal server. */
export async function keepTemporal(
  { state, registry, progress, stops }: StartContext,
  binary: string,
): Promise<KeptTemporal> {
  let current: TemporalServer | undefined;
  const service = await keepRunning(
    'Temporal',
    async () => {
      current = await startTemporalServer({
        binary,
        logFile: logFile(state, 'temporal'),
        databaseFile: state.temporalDatabase,
        ui: true,
        grpcPort: current?.grpcPort,
        registry,
      });
      return { ended: endOf(current.child), stop: current.stop };
    },
    progress.say,
  );
  stops.push(service.stop);
  if (current === undefined) throw new Error('Temporal did not start');
  const { address, namespace } = current;
  return { address, namespace, uiPort: () => current?.uiPort ?? 0 };
}
