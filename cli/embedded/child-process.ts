import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';

/** The user a child runs as. */
export interface Identity {
  uid: number;
  gid: number;
}

/** Where started children are written down, so that the next start can stop those that outlived their parent. */
export interface ChildRegistry {
  add(name: string, pid: number): void;
  remove(pid: number): void;
}

/** How a child is started. */
export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  /** Appended to; a file and not a pipe, so that a dead parent never breaks the child's writes. */
  logFile: string;
  signalWhenParentDies: 'SIGINT' | 'SIGKILL';
  identity?: Identity | undefined;
  cwd?: string;
  registry?: ChildRegistry | undefined;
}

/** How a child ended: one of the two is null. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child that was started, and how to end it. */
export interface RunningChild {
  name: string;
  pid: number;
  exited: Promise<ChildExit>;
  /** Sends the signal, waits, and kills after `graceMs`. Safe to call twice. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<ChildExit>;
}

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/**
 * Starts a server that must not outlive us. It gets a session of its own, so that the terminal's Ctrl-C reaches only
 * the supervisor, and nothing of our environment.
 */
export function startChild(options: ChildOptions): RunningChild {
  const log = openSync(options.logFile, 'a', 0o600);
  const spawnOptions: SpawnOptions = {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  };
  try {
    const child =
      process.platform === 'linux' && setpriv !== undefined
        ? spawnTied(setpriv, options, spawnOptions)
        : spawnWatched(options, spawnOptions);
    return track(options, child);
  } finally {
    closeSync(log);
  }
}

/** Linux clears the parent-death signal whenever the uid changes, so setpriv changes both, in the right order. */
function spawnTied(program: string, options: ChildOptions, spawnOptions: SpawnOptions): ChildProcess {
  const { identity } = options;
  const user =
    identity === undefined ? [] : ['--reuid', String(identity.uid), '--regid', String(identity.gid), '--clear-groups'];
  const tie = ['--pdeathsig', options.signalWhenParentDies.replace('SIG', '')];
  return spawn(program, [...user, ...tie, '--', options.command, ...options.args], spawnOptions);
}

/** A command line that ends when we end, where the system has such a thing; the command itself elsewhere. */
export function tiedToUs(
  signal: NodeJS.Signals,
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  if (process.platform !== 'linux' || setpriv === undefined) return { command, args: [...args] };
  return { command: setpriv, args: ['--pdeathsig', signal.replace('SIG', ''), '--', command, ...args] };
}

/** Elsewhere a shell reads from a pipe that only we hold open, and ends the child when it closes. */
function spawnWatched(options: ChildOptions, spawnOptions: SpawnOptions): ChildProcess {
  const child = spawn(options.command, [...options.args], { ...spawnOptions, ...options.identity });
  if (child.pid === undefined) return child;
  const script = 'read _; kill -s "$1" "$2"';
  const watcher = spawn(
    '/bin/sh',
    ['-c', script, 'sh', options.signalWhenParentDies.replace('SIG', ''), String(child.pid)],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  child.once('exit', () => watcher.kill('SIGKILL'));
  watcher.unref();
  return child;
}

function track(options: ChildOptions, child: ChildProcess): RunningChild {
  const exited = new Promise<ChildExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // Whoever waits sees the error; nobody waiting must not end the supervisor.
  exited.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.name} could not be started from ${options.command}`);
  options.registry?.add(options.name, pid);
  void exited.finally(() => options.registry?.remove(pid)).catch(() => undefined);
  return { name: options.name, pid, exited, stop: (signal, graceMs) => stopChild(child, exited, signal, graceMs) };
}

/** The way every child of ours is stopped: politely, then with SIGKILL. */
export async function stopChild(
  child: ChildProcess,
  exited: Promise<ChildExit>,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<ChildExit> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}
