import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../activities/store/connect.ts';
import { connectToLaunched } from './launched-store.ts';
import { gone, launch, type Launched } from './launched.ts';

/** What can be pulled: each is killed with SIGKILL. */
export const victims = ['the app process', 'the mint', 'Temporal', 'PostgreSQL', 'everything'] as const;
export type Victim = (typeof victims)[number];

const commandLines: Record<Exclude<Victim, 'everything'>, string> = {
  'the app process': 'role worker',
  'the mint': 'role mint',
  Temporal: 'server start-dev',
  PostgreSQL: 'bin/postgres',
};

/** Kills the victim; everything is then started again, a part by its supervisor. @returns the product that runs now */
export async function pullPlug(product: Launched, victim: Victim): Promise<Launched> {
  if (victim === 'everything') {
    await product.killEverything();
    return launch({ stateFolder: product.stateFolder, ports: product.ports });
  }
  const pid = await childWith(product, commandLines[victim]);
  const before = starts(product);
  process.kill(pid, 'SIGKILL');
  await gone([pid]);
  for (let waited = 0; starts(product) === before; waited += 50) {
    if (waited > 60_000) throw new Error(`${victim} was not started again:\n${product.output()}`);
    await sleep(50);
  }
  return product;
}

/** Stops a process where it is: it holds its connections and answers nothing, until it goes on or is ended for good. */
export async function hang(
  product: Launched,
  victim: Exclude<Victim, 'everything'>,
): Promise<{ resume(): Promise<void>; end(): Promise<void> }> {
  const pid = await childWith(product, commandLines[victim]);
  process.kill(pid, 'SIGSTOP');
  return {
    resume: () => {
      process.kill(pid, 'SIGCONT');
      return Promise.resolve();
    },
    // The signal reaches a stopped process, too.
    end: async () => void (await pullPlug(product, victim)),
  };
}

const starts = (product: Launched) => product.output().split('runs again').length;

async function childWith(product: Launched, commandLine: string): Promise<number> {
  for (const pid of await product.children()) {
    const found = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (found.replaceAll('\0', ' ').includes(commandLine)) return pid;
  }
  throw new Error(`no child runs ${commandLine}`);
}

/** Reads the database of a launched product. */
export async function readStore<T>(product: Launched, read: (db: Db) => Promise<T>): Promise<T> {
  const { db, close } = await connectToLaunched(product.stateFolder);
  try {
    return await read(db);
  } finally {
    await close();
  }
}

/** Waits, looking very often, until the database shows something. @throws after `timeoutMs` */
export async function untilStored(
  product: Launched,
  what: string,
  look: (db: Db) => Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  await readStore(product, async (db) => {
    for (const deadline = Date.now() + timeoutMs; !(await look(db));) {
      if (Date.now() > deadline) throw new Error(`not seen in the database: ${what}`);
      await sleep(2);
    }
  });
}

/** Repeats what fails while parts are being started again, as a person does. @throws its last error after 60 s */
export async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(300);
    }
  }
}
