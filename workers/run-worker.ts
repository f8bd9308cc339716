import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { TemporalOptions } from './options.ts';

/** A worker that polls until it is closed. */
export interface RunningWorker {
  /** Rejects when the worker has stopped by itself: its process should be started again. */
  failed: Promise<never>;
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
    // After a crash work waits this long for the worker that is gone (10 s by default) before another takes it.
    stickyQueueScheduleToStartTimeout: '2s',
    ...options,
    connection: own,
    namespace: temporal.namespace,
  });
  let closing = false;
  const stopped = worker.run();
  const failed = new Promise<never>((_resolve, reject) => {
    stopped.then(
      () => {
        if (!closing) reject(new Error(`the worker of ${options.taskQueue} ended by itself`));
      },
      (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
  // Whoever runs the role looks at it; until then a failure must not count as unhandled.
  failed.catch(() => undefined);
  return {
    failed,
    close: async () => {
      closing = true;
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped.catch(() => undefined);
      await own.close();
    },
  };
}
