import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { processEnvironment, projectRoot } from './configuration.ts';
import { tiedToUs } from './embedded/child-process.ts';
import type { StopRequest } from './stop-request.ts';

/** How a development tool is run. */
export interface ToolOptions {
  /** Whether its output goes to the terminal as it comes; otherwise it is collected. */
  show: boolean;
  stop: StopRequest;
  /** Added to our environment. */
  env?: Record<string, string>;
}

/** How it ended. */
export interface ToolRun {
  code: number;
  /** Empty when it was shown. */
  output: string;
}

/** Runs one of the project's development tools on our own Node, from the project's folder. A stop ends it. */
export async function runTool(tool: string, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  const bin = join(projectRoot, 'node_modules', '.bin');
  const inherited = processEnvironment();
  const path = [dirname(process.execPath), bin, inherited['PATH'] ?? ''].join(delimiter);
  const { command, args: tiedArgs } = tiedToUs('SIGTERM', join(bin, tool), args);
  const child = spawn(command, tiedArgs, {
    cwd: projectRoot,
    env: { ...inherited, ...options.env, PATH: path },
    // A group of its own, so that a stop reaches its workers too.
    detached: true,
    stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  void options.stop.request.then(() => child.exitCode === null && endGroup(child.pid));
  return { code: await ended, output };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It ended in the meantime.
  }
}
