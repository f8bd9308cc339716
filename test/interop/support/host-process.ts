import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { HostCall, HostLine } from '../clients/host.ts';
import type { CallOutcome } from '../clients/outcome.ts';
import type { ClientWorld, MatrixClient } from './matrix-client.ts';

/**
 * An app around an SDK (test/interop/clients/) as a process of its own, connected.
 *
 * @param app.interpreter Node unless said otherwise
 * @param app.args what it is told besides the server's address
 * @throws when it cannot connect
 */
export async function startHost(
  app: { program: string; interpreter?: string; args?: readonly string[] },
  world: ClientWorld,
): Promise<MatrixClient> {
  const { program, interpreter = process.execPath, args = [] } = app;
  const file = join(import.meta.dirname, '..', 'clients', program);
  const child = spawn(interpreter, [file, world.mcpResource, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: world.home },
  });
  const waiting = new Map<number, (outcome: CallOutcome) => void>();
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (complaints += part));
  let next = 0;
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => {
      const message = `${program} ended: ${complaints}`;
      reject(new Error(message));
      for (const answer of waiting.values()) answer({ kind: 'failed', error: 'ended', message });
    });
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as HostLine;
      if ('open' in line) void world.open(line.open).catch(reject);
      else if ('ready' in line) resolve();
      else if ('broken' in line) reject(new Error(`${program}: ${line.broken}\n${line.stack}`));
      else waiting.get(line.id)?.(line.outcome);
    });
  });
  return {
    call: (tool, args = {}) =>
      new Promise((resolve) => {
        const id = (next += 1);
        waiting.set(id, resolve);
        const call: HostCall = { id, tool, args };
        child.stdin.write(`${JSON.stringify(call)}\n`);
      }),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
