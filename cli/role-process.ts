import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from './configuration.ts';
import { stopChild, type ChildExit, type ChildRegistry } from './embedded/child-process.ts';
import type { RoleEnvironment, RoleName } from './role-configuration.ts';
import type { FromRole, ToRole } from './role-protocol.ts';
import type { Run } from './service.ts';

/** Which roles a process runs, and with what. */
export interface RoleProcessOptions {
  names: readonly RoleName[];
  /** The settings, added to our own environment. */
  settings: RoleEnvironment;
  logFile: string;
  registry: ChildRegistry;
  /** Shown to a person: warnings and errors, one line each. */
  say: (message: string) => void;
}

/** A process that runs roles, ready but not yet listening. */
export interface RoleProcess extends Run {
  /** What it does not offer on this machine, and why. */
  withheld: readonly string[];
  open(): Promise<void>;
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Starts a process for roles and waits until they are ready.
 *
 * @throws Error with the role's own message when it cannot start.
 */
export async function startRoleProcess(options: RoleProcessOptions): Promise<RoleProcess> {
  const label = options.names.join('+');
  const child = spawn(process.execPath, [main, 'role', options.names.join(',')], {
    // A session of its own: Ctrl-C is the supervisor's to handle.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...processEnvironment(), ...options.settings },
  });
  if (child.pid !== undefined) options.registry.add(label, child.pid);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  void exited.then(() => child.pid !== undefined && options.registry.remove(child.pid));
  keepLog(child, label, options);
  const stop = async () => void (await stopChild(child, exited, 'SIGTERM', 16_000));
  let withheld: readonly string[] = [];
  try {
    const ready = await message(child, exited, 'ready', label);
    if (ready.type === 'ready') withheld = ready.withheld;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ended: exited.then(({ code, signal }) => (signal === null ? `exit code ${code ?? '?'}` : signal)),
    stop,
    withheld,
    async open() {
      const opened = message(child, exited, 'opened', label);
      child.send({ type: 'open' } satisfies ToRole);
      await opened;
    },
  };
}

async function message(
  child: ChildProcess,
  exited: Promise<ChildExit>,
  wanted: FromRole['type'],
  label: string,
): Promise<FromRole> {
  const stopWaiting = new AbortController();
  const received = (async () => {
    for (;;) {
      const [got] = (await once(child, 'message', { signal: stopWaiting.signal })) as [FromRole];
      if (got.type === 'failed') throw new Error(`${label} cannot start: ${got.message}`);
      if (got.type === wanted) return got;
    }
  })();
  const died = exited.then(async ({ code, signal }) => {
    // Its last message may come after its end.
    await sleep(100);
    throw new Error(`${label} ended while starting (${signal ?? `exit code ${code ?? '?'}`}); see its log`);
  });
  try {
    return await Promise.race([received, died]);
  } finally {
    stopWaiting.abort();
    received.catch(() => undefined);
    died.catch(() => undefined);
  }
}

function keepLog(child: ChildProcess, label: string, options: RoleProcessOptions): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      appendFileSync(options.logFile, `${line}\n`, { mode: 0o600 });
      const notable = notableMessage(line);
      if (notable !== undefined) options.say(`${label}: ${notable}`);
    });
  }
}

/** The message of a pino line at warning or above; anything else stays in the file. */
function notableMessage(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string } };
    if (entry.level === undefined || entry.level < 40) return undefined;
    const cause = entry.err?.message;
    return `${entry.level >= 50 ? 'error' : 'warning'}: ${entry.msg ?? ''}${cause === undefined ? '' : ` (${cause.split('\n')[0] ?? ''})`}`;
  } catch {
    return undefined;
  }
}
