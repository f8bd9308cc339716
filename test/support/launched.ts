import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../cli/embedded/free-port.ts';
import { identifyProcess } from '../../cli/process-identity.ts';

/** Ports of a launched product. */
export interface LaunchedPorts {
  auth: number;
  mcp: number;
  chat: number;
  temporalUi: number;
}

/** `countersign start` as a process of its own, as people run it. */
export interface Launched {
  pid: number;
  ports: LaunchedPorts;
  issuer: string;
  chatUrl: string;
  stateFolder: string;
  /** What it has printed so far. */
  output(): string;
  /** Process numbers of the servers and roles it has started. */
  children(): Promise<number[]>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to it and to all its children at once, as a power cut would. */
  killEverything(): Promise<void>;
  /** SIGKILL to it alone. */
  killSupervisor(): Promise<void>;
}

export interface LaunchOptions {
  /** Taken from an earlier launch to start again on the same data. */
  stateFolder: string;
  ports: LaunchedPorts;
  policyFile?: string;
  workspace?: string;
  /** An OpenAI-compatible endpoint to speak with instead of the planner. */
  modelBaseUrl?: string;
}

const root = join(import.meta.dirname, '..', '..');

/** A folder for `stateFolder`. Its removal is the caller's. */
export function temporaryStateFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'countersign-state-'));
}

/** Removes what {@link temporaryStateFolder} made. */
export function removeStateFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** Ports that are free now. */
export async function launchPorts(): Promise<LaunchedPorts> {
  const [auth, mcp, chat, temporalUi] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  return { auth, mcp, chat, temporalUi };
}

/** Starts the product and waits until it says that it is ready. @throws with its output when it ends before. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { ports, stateFolder } = options;
  const started = runCli(startArguments(options));
  const { child, ended, output } = started;
  let over = false;
  void ended.then(() => (over = true));
  const deadline = Date.now() + 120_000;
  while (!output().includes('Countersign is running')) {
    if (over) throw new Error(`countersign start ended:\n${output()}`);
    if (Date.now() > deadline) {
      child.kill('SIGTERM');
      throw new Error(`countersign start is not ready after 120 s:\n${output()}`);
    }
    await sleep(50);
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('no process');
  const children = () => childrenOf(stateFolder);
  return {
    pid,
    ports,
    issuer: `http://localhost:${ports.auth}`,
    chatUrl: `http://localhost:${ports.chat}`,
    stateFolder,
    output,
    children,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
    async killEverything() {
      const all = await children();
      child.kill('SIGKILL');
      for (const one of all) kill(one);
      await ended;
      await gone(all);
    },
    async killSupervisor() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `countersign start` to its end, for starts that are refused. */
export async function launchRefused(options: LaunchOptions): Promise<{ code: number | null; output: string }> {
  const { ended, output } = runCli(startArguments(options));
  return { code: await ended, output: output() };
}

/** Waits until none of the processes lives. @throws after 20 s */
export async function gone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (pids.every((pid) => identifyProcess(pid) === undefined)) return;
    await sleep(50);
  }
  throw new Error(`still alive: ${pids.filter((pid) => identifyProcess(pid) !== undefined).join(', ')}`);
}

function startArguments({ ports, stateFolder, policyFile, workspace, modelBaseUrl }: LaunchOptions): string[] {
  return [
    ...['start', '--state', stateFolder, '--auth-port', String(ports.auth), '--mcp-port', String(ports.mcp)],
    ...['--chat-port', String(ports.chat), '--temporal-ui-port', String(ports.temporalUi)],
    ...(policyFile === undefined ? [] : ['--policy', policyFile]),
    ...(workspace === undefined ? [] : ['--workspace', workspace]),
    ...(modelBaseUrl === undefined ? [] : ['--model-base-url', modelBaseUrl, '--model', 'scripted-1']),
  ];
}

function runCli(args: readonly string[]) {
  // The channel ends the product when the test's process ends, as it does under `npm start`.
  const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), ...args], {
    detached: true,
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, ended, output: () => text };
}

async function childrenOf(stateFolder: string): Promise<number[]> {
  const record = JSON.parse(await readFile(join(stateFolder, 'children.json'), 'utf8')) as {
    children: { pid: number }[];
  };
  return record.children.map(({ pid }) => pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
