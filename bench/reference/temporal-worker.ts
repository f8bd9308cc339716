import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';

/** A process of its own with the bare workers; it ends with the channel to whoever started it. */
const [address = '', namespace = ''] = process.argv.slice(2);

const activities = {
  nothing: (): Promise<void> => Promise.resolve(),
  arrive: (id: string): Promise<void> => {
    process.send?.({ arrived: id });
    return Promise.resolve();
  },
};

/** The activities as the workflows see them. */
export type ReferenceActivities = typeof activities;

Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address });
const workers = [
  await Worker.create({
    connection,
    namespace,
    taskQueue: 'bench',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities,
  }),
  await Worker.create({ connection, namespace, taskQueue: 'bench-second', activities }),
];
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });
await Promise.all(workers.map((worker) => worker.run()));
