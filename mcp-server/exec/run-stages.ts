import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { cleanOutput } from './clean-output.ts';
import { OutputLimit } from './output-limit.ts';
import type { Stage } from '../../workflows/domain/command/parse-command.ts';
import { planSpawn, type Sandbox } from './sandbox.ts';

/** What became of a command. */
export interface RunResult {
  stdout: string;
  stderr: string;
  /** Of the last stage; 128 plus the signal's number when it was killed, as in a shell. */
  exitCode: number;
  durationMs: number;
  /** The output was longer than allowed, and the rest was thrown away. */
  truncated: boolean;
  timedOut: boolean;
}

/** How long a command may run, and how much of what it says is kept. */
export interface RunLimits {
  timeoutMs: number;
  /** For standard output, and again for standard error of all stages together. */
  maxBytes: number;
}

/** Ten seconds, below the sixty after which MCP clients give up, and 64 KiB. */
export const defaultRunLimits: RunLimits = { timeoutMs: 10_000, maxBytes: 64 * 1024 };

/**
 * Runs the stages, each in its own sandbox, and joins them with pipes.
 *
 * @throws what `spawn` throws when a stage cannot be started at all.
 */
export async function runStages(
  sandbox: Sandbox,
  stages: readonly Stage[],
  options: { limits?: RunLimits; signal?: AbortSignal } = {},
): Promise<RunResult> {
  const limits = options.limits ?? defaultRunLimits;
  const started = performance.now();
  const running: ChildProcess[] = [];
  const killAll = (): void => running.forEach(killGroup);
  const stdout = new OutputLimit(limits.maxBytes, killAll);
  const stderr = new OutputLimit(limits.maxBytes, killAll);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killAll();
  }, limits.timeoutMs);
  options.signal?.addEventListener('abort', killAll, { once: true });

  try {
    options.signal?.throwIfAborted();
    const exits = stages.map((stage, index) => {
      const child = startStage(sandbox, stage, index === 0);
      running.push(child);
      const [, output, errors] = child.stdio;
      stderr.take(errors as Readable);
      const previous = running[index - 1];
      if (previous !== undefined) join(previous, child);
      if (index === stages.length - 1) stdout.take(output as Readable);
      return exitOf(child);
    });
    const codes = await Promise.all(exits);
    return {
      stdout: cleanOutput(stdout.bytes()),
      stderr: cleanOutput(stderr.bytes()),
      exitCode: codes.at(-1) ?? 0,
      durationMs: Math.round(performance.now() - started),
      truncated: stdout.exceeded || stderr.exceeded,
      timedOut,
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', killAll);
    killAll();
  }
}

function startStage(sandbox: Sandbox, stage: Stage, first: boolean): ChildProcess {
  const plan = planSpawn(sandbox, stage);
  const child = spawn(plan.file, plan.args, {
    cwd: '/',
    env: {},
    stdio: [first ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    // A process group of its own, so that one signal reaches every helper of the sandbox.
    detached: true,
    ...plan.account,
  });
  feed(child.stdio[3] as Writable, plan.sandboxOptions);
  feed(child.stdio[4] as Writable, plan.passwd);
  return child;
}

/** Writes to a child that may be gone already, which then is its business. */
function feed(stream: Writable, text: string): void {
  stream.on('error', () => undefined);
  stream.end(text);
}

/** When the reader ends first, nobody needs the writer any more: it goes, without a word about its broken pipe. */
function join(writer: ChildProcess, reader: ChildProcess): void {
  const from = writer.stdout as Readable;
  const to = reader.stdin as Writable;
  to.on('error', () => undefined);
  to.once('close', () => {
    killGroup(writer);
    // Read on until it is gone: closing the pipe first would make it complain.
    from.resume();
  });
  from.pipe(to);
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
