import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { buildWhenStale, webApps, workflowBundle } from '../cli/build-when-stale.ts';
import { ConfigurationError } from '../cli/configuration.ts';
import { bubblewrap, ensureSystemPrograms, procps } from '../cli/embedded/system-packages.ts';
import type { Progress } from '../cli/progress.ts';
import type { StopRequest } from '../cli/stop-request.ts';
import type { Figure } from './figures.ts';
import { costOfProtection } from './parts/cost-of-protection.ts';
import { autoUpgrade } from './parts/auto-upgrade.ts';
import { footprint, memoryFigures } from './parts/footprint.ts';
import { liveDecision } from './parts/live-decision.ts';
import { policyEvaluations } from './parts/policy.ts';
import { queuePage } from './parts/queue-page.ts';
import { resume } from './parts/resume.ts';
import { throughput } from './parts/throughput.ts';
import { toolCall } from './parts/tool-call.ts';
import { tableOf } from './table.ts';
import { memoryByProcess, startWorld, type World } from './world.ts';

/** Parts that measure the running product, in the order they run. */
const withProduct: Readonly<Record<string, { what: string; run: (world: World) => Promise<Figure[]> }>> = {
  a: { what: 'an upgrade granted at once', run: autoUpgrade },
  b: { what: 'approval to resumed work', run: resume },
  d: { what: 'authorized tool calls', run: toolCall },
  i: { what: 'the cost of protection', run: costOfProtection },
  c: { what: 'approvals per second', run: throughput },
  h: { what: 'a decision seen elsewhere', run: liveDecision },
  // Last: nobody with 10,000 open requests may ask for more.
  f: { what: 'a long queue', run: queuePage },
};
const alone: Readonly<Record<string, { what: string; run: () => Promise<Figure[]> }>> = {
  e: { what: 'policy evaluations', run: policyEvaluations },
  g: { what: 'starts, memory, sizes', run: footprint },
};

/**
 * Measures the product beside bare references on the same servers and prints one table. Asserts no times.
 *
 * @param options.parts letters; empty is all. @param options.json a file for the figures
 * @throws {ConfigurationError} for a part that does not exist.
 */
export async function runBench(
  options: { parts: readonly string[]; json: string | undefined },
  progress: Progress,
  stop: StopRequest,
): Promise<void> {
  const known = [...Object.keys(withProduct), ...Object.keys(alone)];
  const unknown = options.parts.filter((part) => !known.includes(part));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      unknown.map((part) => `there is no part "${part}": choose of ${known.sort().join(', ')}`),
    );
  }
  if (process.platform !== 'linux') throw new ConfigurationError(['the benchmark reads /proc: it needs Linux']);
  const wanted = (part: string): boolean => options.parts.length === 0 || options.parts.includes(part);
  await ensureSystemPrograms([bubblewrap, procps], progress);
  await buildWhenStale(webApps, progress);
  await buildWhenStale(workflowBundle, progress);

  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const [part, { what, run }] of Object.entries(alone)) {
    if (!wanted(part) || stop.requested()) continue;
    figures.push(...(await progress.step(`${part}: ${what}`, run)));
  }
  if (Object.keys(withProduct).some(wanted) && !stop.requested()) {
    const world = await progress.step('starting the product and the references', startWorld);
    try {
      for (const [part, { what, run }] of Object.entries(withProduct)) {
        if (!wanted(part) || stop.requested()) continue;
        try {
          figures.push(...(await progress.step(`${part}: ${what}`, () => run(world))));
        } catch (error) {
          // The other parts are still worth having.
          failed.push(part);
          progress.say(`${part} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        }
      }
      if (wanted('g')) figures.push(...memoryFigures(await memoryByProcess(world.product), 'after this run'));
    } finally {
      await world.stop();
    }
  }
  if (failed.length > 0) process.exitCode = 1;
  figures.sort((one, other) => one.part.localeCompare(other.part));
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  progress.say(`medians / 95th percentiles; ratios are of medians; ${machine}\n\n${tableOf(figures)}\n`);
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ machine, figures }, undefined, 2)}\n`);
}
