import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A reference that runs in a process of its own, as ours does. */
export interface ReferenceProcess {
  /** What it said when it was ready. */
  ready: Readonly<Record<string, unknown>>;
  /** Resolves when it has said that this id arrived. */
  arrived(id: string): Promise<void>;
  /** What it answers when it is asked how it went. */
  asked<Answer>(): Promise<Answer>;
  stop(): void;
}

/** Starts one of the files beside this one and waits until it is ready. @throws when it ends before */
export async function startReference(
  file: 'temporal-worker.ts' | 'tool-server.ts' | 'protected-tools.ts' | 'wrong-tokens.ts',
  args: readonly string[],
): Promise<ReferenceProcess> {
  const child = fork(fileURLToPath(new URL(`./${file}`, import.meta.url)), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<string, () => void>();
  const ready = await new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`${file} ended with ${code ?? 'a signal'}`));
    });
    child.on('message', (message) => {
      const said = message as { ready?: boolean; arrived?: string };
      if (said.ready === true) resolve({ ...said });
      if (said.arrived !== undefined) waiting.get(said.arrived)?.();
    });
  });
  return {
    ready,
    arrived: (id) =>
      new Promise((resolve) => {
        waiting.set(id, () => {
          waiting.delete(id);
          resolve();
        });
      }),
    asked: <Answer>() =>
      new Promise<Answer>((resolve) => {
        child.once('message', (message) => {
          resolve(message as Answer);
        });
        child.send('how');
      }),
    stop: () => void child.kill('SIGKILL'),
  };
}
