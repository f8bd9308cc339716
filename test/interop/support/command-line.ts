import { spawn } from 'node:child_process';
import type { ClientWorld } from './matrix-client.ts';

/** What a command came to. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, opening the authorization address that it prints, if it does, in its user's browser. */
export function runCommand(
  args: readonly string[],
  world: ClientWorld,
  env: Record<string, string> = {},
): Promise<Finished> {
  const child = spawn(process.execPath, args, {
    cwd: world.home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: world.home, BROWSER: 'true', NO_COLOR: '1', ...env },
  });
  const finished: Finished = { code: null, stdout: '', stderr: '' };
  const opened = new Set<string>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (part: string) => {
      finished[stream] += part;
      for (const [address] of finished[stream].matchAll(/http:\/\/localhost:\d+\/oauth\/authorize\?\S+(?=\s)/g)) {
        if (opened.has(address)) continue;
        opened.add(address);
        void world.open(address).catch((error: unknown) => (finished.stderr += String(error)));
      }
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...finished, code })));
}
