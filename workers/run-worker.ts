import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { TemporalOptions } from './options.ts';

/** A worker that polls until it is closed. */
export interface RunningWorker {
  connection: NativeConnection;
  /** Settles when the worker has stopped, with its error if it failed. */
  stopped: Promise<void>;
  close(): Promise<void>;
}

/** Starts polling a task queue; resolves once the worker exists. */
export async function runWorker(
  temporal: TemporalOptions,
  options: Omit<WorkerOptions, 'connection' | 'namespace'>,
  connection?: NativeConnection,
): Promise<RunningWorker> {
  const own = connection ?? (await NativeConnection.connect({ address: temporal.address }));
  const worker = await Worker.create({
    shutdownGraceTime: '5s',
    ...options,
    connection: own,
    namespace: temporal.namespace,
  });
  const stopped = worker.run();
  // The role's owner looks at `stopped`; until then a failure must not end the process by itself.
  stopped.catch(() => undefined);
  return {
    connection: own,
    stopped,
    close: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped.catch(() => undefined);
      await own.close();
    },
  };
}
