import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server in a process of its own. */
export interface ProcessServer {
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts it and waits until it says `ready`. @throws with its output when it ends before, or says nothing for a minute */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; ready: string },
): Promise<ProcessServer> {
  const env = { PATH: process.env['PATH'] ?? '', ...options.env };
  const child = spawn(command, [...args], { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  let over: string | undefined;
  child.once('error', (error) => (over = error.message));
  child.once('close', (code) => (over = `ended with ${code}`));
  const deadline = Date.now() + 60_000;
  while (!output.includes(options.ready)) {
    if (over !== undefined) throw new Error(`${over}:\n${output}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`not ready after a minute:\n${output}`);
    }
    await sleep(20);
  }
  return {
    output: () => output,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}
