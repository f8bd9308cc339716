import { setTimeout as sleep } from 'node:timers/promises';
import { SearchAttributeType } from '@temporalio/common';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { startChild, type ChildRegistry, type RunningChild } from './child-process.ts';
import { freePort } from './free-port.ts';
import { runCommand } from './run-command.ts';

/** Where the embedded Temporal is, and what it keeps. */
export interface TemporalServerOptions {
  binary: string;
  logFile: string;
  /** SQLite file; without it everything is lost with the process. */
  databaseFile?: string;
  /** Whether to serve the web UI, on a private port. */
  ui: boolean;
  /** Kept over a restart, so that clients find it again; a free one is taken otherwise. */
  grpcPort?: number | undefined;
  registry?: ChildRegistry;
  /** More of Temporal's dynamic configuration, as `key=value` with a JSON value. */
  settings?: readonly string[];
}

/** The server's ports, all on loopback. */
interface TemporalPorts {
  grpc: number;
  http: number;
  metrics: number;
  ui: number;
}

/** The embedded Temporal, while it runs. */
export interface TemporalServer {
  child: RunningChild;
  /** `host:port` of the gRPC frontend, loopback only. */
  address: string;
  grpcPort: number;
  namespace: string;
  /** Private port of the UI, which the read-only proxy stands before. */
  uiPort: number | undefined;
  stop(): Promise<void>;
}

/** The one namespace everything of ours lives in. */
export const embeddedNamespace = 'countersign';

const retentionDays = 90;

/** One shard reads its queues at most 20 times a second by default, which adds some 25 ms to every task. */
const pollsPerSecond = ['transfer', 'timer', 'visibility'].map((queue) => `history.${queue}ProcessorMaxPollRPS=1000`);

const typeNames: Record<SearchAttributeType, string> = {
  [SearchAttributeType.TEXT]: 'Text',
  [SearchAttributeType.KEYWORD]: 'Keyword',
  [SearchAttributeType.INT]: 'Int',
  [SearchAttributeType.DOUBLE]: 'Double',
  [SearchAttributeType.BOOL]: 'Bool',
  [SearchAttributeType.DATETIME]: 'Datetime',
  [SearchAttributeType.KEYWORD_LIST]: 'KeywordList',
};

/** Somebody may take a free port before the server does. */
const attempts = 3;

/**
 * Starts the embedded Temporal server and waits until its namespace answers. History is kept 90 days (RULES 29).
 *
 * @throws Error naming the log file when it is not ready within 30 s.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnFreePorts(options);
    } catch (error) {
      if (attempt === attempts || !(error instanceof EndedAtOnceError)) throw error;
    }
  }
}

class EndedAtOnceError extends Error {}

async function startOnFreePorts(options: TemporalServerOptions): Promise<TemporalServer> {
  const [grpc, http, metrics, ui] = await Promise.all([
    options.grpcPort ?? freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const child = startChild({
    name: 'temporal',
    command: options.binary,
    args: serverArguments(options, { grpc, http, metrics, ui }),
    logFile: options.logFile,
    signalWhenParentDies: 'SIGKILL',
    registry: options.registry,
  });
  const address = `127.0.0.1:${grpc}`;
  const stop = async () => void (await child.stop('SIGTERM', 10_000));
  try {
    await waitUntilReady(options.binary, address, child, options.logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { child, address, grpcPort: grpc, namespace: embeddedNamespace, uiPort: options.ui ? ui : undefined, stop };
}

function serverArguments(options: TemporalServerOptions, ports: TemporalPorts): string[] {
  const attributes = Object.values(searchAttributes).map((key) => `${key.name}=${typeNames[key.type]}`);
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'error', '--namespace', embeddedNamespace],
    ...['--port', String(ports.grpc), '--http-port', String(ports.http), '--metrics-port', String(ports.metrics)],
    ...(options.ui ? ['--ui-port', String(ports.ui), '--ui-disable-news-fetch'] : ['--headless']),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ...[...pollsPerSecond, ...(options.settings ?? [])].flatMap((value) => ['--dynamic-config-value', value]),
    // Its HTTP API cannot be switched off and asks nobody who they are: no name leads to it, so no web page does.
    ...['--dynamic-config-value', 'frontend.httpAllowedHosts=["nobody.invalid"]'],
    ...(options.databaseFile === undefined
      ? []
      : [
          '--db-filename',
          options.databaseFile,
          '--sqlite-pragma',
          'journal_mode=wal',
          '--sqlite-pragma',
          'synchronous=full',
        ]),
  ];
}

/** The server's own command asks: a client's library would stay in memory for what is asked once. */
async function waitUntilReady(binary: string, address: string, child: RunningChild, logFile: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  let exited = false;
  void child.exited.catch(() => undefined).then(() => (exited = true));
  const ask = async (...args: string[]): Promise<string | undefined> => {
    const all = [...args, '--namespace', embeddedNamespace, '--address', address, '--command-timeout', '2s'];
    const { code, output } = await runCommand(binary, all, { timeoutMs: 5_000 });
    return code === 0 ? undefined : output;
  };
  for (;;) {
    const failure =
      (await ask('operator', 'namespace', 'update', '--retention', `${retentionDays}d`)) ??
      // The namespace registry is a cache that lags behind: ready is when a search by our attributes is understood.
      (await ask('workflow', 'list', '--limit', '1', '--query', `${searchAttributes.status.name} = 'none'`));
    if (failure === undefined) return;
    const cause = new Error(failure);
    if (exited) throw new EndedAtOnceError(`the embedded Temporal server ended at once; see ${logFile}`, { cause });
    if (Date.now() > deadline)
      throw new Error(`the embedded Temporal server was not ready within 30 s; see ${logFile}`, { cause });
    await sleep(100);
  }
}
