import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtApps, bundleSizes } from '../../cli/bundle-budgets.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { launch, launchPorts, removeStateFolder, temporaryStateFolder } from '../../test/support/launched.ts';
import { timed, type Figure } from '../figures.ts';
import { memoryByProcess } from '../world.ts';

/** (g) Starts on new and on kept data, memory of each process, sizes of what browsers load. */
export async function footprint(): Promise<Figure[]> {
  const folder = await temporaryStateFolder();
  try {
    const options = { stateFolder: join(folder, 'state'), ports: await launchPorts() };
    const start = async (): Promise<{ seconds: number; memory: { name: string; mb: number }[] }> => {
      let product: Awaited<ReturnType<typeof launch>> | undefined;
      const ms = await timed(async () => (product = await launch(options)));
      if (product === undefined) throw new Error('not started');
      await sleep(3_000);
      const memory = await memoryByProcess(product);
      await product.stop();
      return { seconds: ms / 1_000, memory };
    };
    const cold = await start();
    const warm = [await start(), await start(), await start()].sort((a, b) => a.seconds - b.seconds);
    const middleWarm = warm[1];
    if (middleWarm === undefined) throw new Error('not measured');
    return [
      {
        part: 'g',
        what: 'start on new data (installed and built)',
        unit: 's',
        ours: cold.seconds,
      },
      { part: 'g', what: 'start on kept data, median of 3', unit: 's', ours: middleWarm.seconds, aim: '≤ 8' },
      ...memoryFigures(middleWarm.memory, 'idle'),
      ...(await bundleFigures()),
    ];
  } finally {
    await removeStateFolder(folder);
  }
}

/** A line for each process and one for all. @param when what it had done before */
export function memoryFigures(memory: readonly { name: string; mb: number }[], when: string): Figure[] {
  const line = (name: string, ours: number) =>
    ({ part: 'g', what: `memory (PSS), ${when}: ${name}`, unit: 'MB', ours }) as const;
  const all = memory.reduce((sum, { mb }) => sum + mb, 0);
  return [...memory.map(({ name, mb }) => line(name, mb)), { ...line('all', all), aim: '≤ 900' }];
}

async function bundleFigures(): Promise<Figure[]> {
  const sizes = await Promise.all(builtApps.map((app) => bundleSizes(join(projectRoot, 'dist', 'web'), app)));
  return sizes.flat().map(({ what, kb, budgetKb }) => ({
    part: 'g',
    what: `${what}, gzip`,
    unit: 'kB',
    ours: kb,
    aim: `≤ ${budgetKb}`,
  }));
}
