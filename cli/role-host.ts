import { setTimeout as sleep } from 'node:timers/promises';
import { processEnvironment } from './configuration.ts';
import { roleConfiguration, type RoleName } from './role-configuration.ts';
import type { FromRole, RunningRole } from './role-protocol.ts';
import { startRole } from './start-role.ts';
import { createLogger } from './telemetry/create-logger.ts';
import { startTelemetry } from './telemetry/start-telemetry.ts';

/** After so long a stop is no longer waited for: a command may run for 10 s. */
const stopWithinMs = 14_000;
/** When the supervisor was killed, Temporal and PostgreSQL end too: there is little left to wait for. */
const orphanStopsWithinMs = 3_000;

/**
 * Runs roles in this process until SIGTERM, SIGINT, or the end of whoever started it. Under a supervisor it opens its
 * ports when told to, otherwise as soon as every role is ready.
 *
 * @returns the exit code.
 */
export async function hostRoles(names: readonly RoleName[]): Promise<number> {
  const tell = (message: FromRole) => process.send?.(message, undefined, undefined, () => undefined);
  const running: RunningRole[] = [];
  const stop = stopRequest();
  let exitCode = 0;
  try {
    const configuration = roleConfiguration(processEnvironment());
    const logger = createLogger({ level: configuration.logLevel, base: { roles: names.join(',') } });
    process.on('unhandledRejection', (err) => logger.error({ err }, 'unhandled rejection'));
    const telemetry = await startTelemetry(names, configuration, logger);
    running.push({ open: () => Promise.resolve(), close: telemetry.stop });
    for (const name of names) {
      running.push(await startRole(name, configuration, logger.child({ role: name }), running));
      if (stop.requested()) break;
    }
    if (!stop.requested()) {
      const opened = openWhenTold(running);
      tell({ type: 'ready', withheld: running.flatMap((role) => role.withheld ?? []) });
      await Promise.race([opened.then(() => tell({ type: 'opened' })), stop.request]);
      const failure = await Promise.race([
        stop.request,
        ...running.flatMap((role) => (role.failed === undefined ? [] : [role.failed.then(asFailure, asFailure)])),
      ]);
      if (failure instanceof Error) throw failure;
    }
  } catch (error) {
    exitCode = 1;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${error instanceof Error ? (error.stack ?? message) : message}\n`);
    tell({ type: 'failed', message });
  }
  await Promise.race([
    closeAll(running),
    sleep(stop.orphaned() ? orphanStopsWithinMs : stopWithinMs, undefined, { ref: false }),
  ]);
  return exitCode;
}

function asFailure(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('a part of the role ended by itself');
}

async function openWhenTold(running: readonly RunningRole[]): Promise<void> {
  if (process.send !== undefined) await new Promise((resolve) => process.once('message', resolve));
  for (const role of running) await role.open();
}

function stopRequest(): { request: Promise<void>; requested: () => boolean; orphaned: () => boolean } {
  let requested = false;
  let orphaned = false;
  const request = new Promise<void>((resolve) => {
    const stop = () => {
      requested = true;
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
    // The channel closes when the supervisor ends, however it ends.
    process.once('disconnect', () => {
      orphaned = true;
      stop();
    });
  });
  return { request, requested: () => requested, orphaned: () => orphaned };
}

/** In reverse order: what was started last depends on what was started first. */
async function closeAll(running: readonly RunningRole[]): Promise<void> {
  for (const role of [...running].reverse()) {
    await role.close().catch((error: unknown) => process.stderr.write(`while stopping: ${String(error)}\n`));
  }
}
