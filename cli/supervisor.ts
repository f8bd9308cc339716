import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../activities/store/migrate.ts';
import { activatePolicyFile, readPolicyFile } from '../activities/policy/activate-policy-file.ts';
import { connect } from '../activities/store/connect.ts';
import { buildWeb, webIsStale } from './build-when-stale.ts';
import { openChildRegistry, type PersistentRegistry } from './child-registry.ts';
import { machineEnvironment, projectRoot, type StartConfiguration } from './configuration.ts';
import { makeKeys, makeSecrets, postgresPasswords } from './embedded/keys.ts';
import { giveTo, postgresPlace, type PostgresPlace } from './embedded/postgres-place.ts';
import { startPostgresServer, type PostgresServer } from './embedded/postgres-server.ts';
import { bubblewrap, ensureSystemPrograms, procps } from './embedded/system-packages.ts';
import { temporalCliPath } from './embedded/temporal-binary.ts';
import { embeddedNamespace, freeTemporalPorts, startTemporalServer } from './embedded/temporal-server.ts';
import { startTemporalUiProxy } from './embedded/temporal-ui-proxy.ts';
import { takenPorts } from './port-check.ts';
import type { Progress } from './progress.ts';
import type { RoleEnvironment, RoleName } from './role-configuration.ts';
import { startRoleProcess, type RoleProcess } from './role-process.ts';
import { makeRuntimeFolder, type RuntimeFolder } from './runtime-folder.ts';
import { keepRunning } from './service.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import type { StopRequest } from './stop-request.ts';
import { startSummary } from './summary.ts';

/** What stops the parts, in the order they were started. */
type Stops = (() => Promise<void>)[];

/** An expected reason not to start; its message says what to do. */
export class CannotStartError extends Error {
  override readonly name = 'CannotStartError';
}

/** Runs everything `npm start` promises until it is asked to stop, and stops it in the reverse order. */
export async function supervise(
  configuration: StartConfiguration,
  progress: Progress,
  stop: StopRequest,
): Promise<void> {
  const stops: Stops = [];
  try {
    await startAll(configuration, progress, stop, stops);
    await stop.request;
  } catch (error) {
    if (!stop.requested()) throw error;
  } finally {
    for (const stopPart of stops.reverse()) {
      await stopPart().catch((error: unknown) => progress.say(`while stopping: ${String(error)}`));
    }
  }
  progress.say('stopped');
}

async function startAll(
  configuration: StartConfiguration,
  progress: Progress,
  stop: StopRequest,
  stops: Stops,
): Promise<void> {
  const { ports } = configuration;
  const machine = machineEnvironment();
  await readPolicyFile(configuration.policyFile);

  const state = openStateFolder(configuration.stateFolder);
  stops.push(() => Promise.resolve(state.unlock()));
  const { registry, stopped } = await openChildRegistry(state.childrenFile);
  if (stopped.length > 0) progress.say(`stopped what an earlier start had left running: ${stopped.join(', ')}`);
  stops.push(() => Promise.resolve(registry.clear()));
  stop.onKill(() => registry.killAll());

  await ensureSystemPrograms([bubblewrap, procps], progress);
  stop.check();
  const temporalBinary = await progress.step('finding the Temporal CLI', () => temporalCliPath(machine, progress.say));
  stop.check();

  const taken = await takenPorts([
    { port: ports.auth, flag: '--auth-port', what: 'auth server and dashboard' },
    { port: ports.mcp, flag: '--mcp-port', what: 'MCP server' },
    { port: ports.chat, flag: '--chat-port', what: 'chat app' },
    { port: ports.temporalUi, flag: '--temporal-ui-port', what: 'Temporal UI' },
  ]);
  if (taken.length > 0) throw new CannotStartError(taken.join('\n'));

  await makeKeys(state.keys);
  await makeSecrets(state.secrets);
  const runtime = makeRuntimeFolder(machine);
  registry.addRuntimeFolder(runtime.path);

  const place = await postgresPlace(state.path, '/var/lib/countersign');
  const temporalPorts = await freeTemporalPorts();
  const built = webNeedsBuilding();
  const [postgres] = await settleAll([
    progress.step('starting PostgreSQL', () => keepPostgres(state, runtime, place, registry, progress, stops)),
    progress.step('starting Temporal', async () => {
      const service = await keepRunning(
        'Temporal',
        async () => {
          const server = await startTemporalServer({
            binary: temporalBinary,
            logFile: logFile(state, 'temporal'),
            databaseFile: state.temporalDatabase,
            ui: true,
            ports: temporalPorts,
            registry,
          });
          return {
            ended: server.child.exited.then((exit) => exit.signal ?? `exit code ${exit.code ?? '?'}`),
            stop: server.stop,
          };
        },
        progress.say,
      );
      stops.push(service.stop);
    }),
    built.then((stale) => (stale ? progress.step('building the web apps', buildWeb) : undefined)),
  ]);
  stop.check();

  await progress.step('migrating the database', () => migrate(postgres.url('owner')));
  await activatePolicy(postgres, configuration.policyFile);
  stop.check();

  const settings: Omit<RoleEnvironment, 'COUNTERSIGN_DATABASE_URL'> = {
    COUNTERSIGN_ISSUER: `http://localhost:${ports.auth}`,
    COUNTERSIGN_MCP_RESOURCE: `http://localhost:${ports.mcp}/mcp`,
    COUNTERSIGN_CHAT_URL: `http://localhost:${ports.chat}`,
    COUNTERSIGN_TEMPORAL_UI_URL: `http://localhost:${ports.temporalUi}`,
    COUNTERSIGN_AUTH_PORT: String(ports.auth),
    COUNTERSIGN_MCP_PORT: String(ports.mcp),
    COUNTERSIGN_CHAT_PORT: String(ports.chat),
    COUNTERSIGN_TEMPORAL_ADDRESS: `127.0.0.1:${temporalPorts.grpc}`,
    COUNTERSIGN_TEMPORAL_NAMESPACE: embeddedNamespace,
    COUNTERSIGN_KEYS_FOLDER: state.keys,
    COUNTERSIGN_SECRETS_FOLDER: state.secrets,
    COUNTERSIGN_MINT_SOCKET: join(runtime.roles, 'mint.sock'),
    COUNTERSIGN_RUNTIME_FOLDER: runtime.roles,
    COUNTERSIGN_WEB_ROOT: join(projectRoot, 'dist', 'web'),
    COUNTERSIGN_WORKSPACE: configuration.workspace,
    COUNTERSIGN_DEMO_MODE: 'on',
  };
  const roles = (names: RoleName[], databaseUrl: string) =>
    keepRoles(names, { ...settings, COUNTERSIGN_DATABASE_URL: databaseUrl }, state, registry, progress, stops);
  // Pushed in this order so that the mint stops last.
  const mint = await progress.step('starting the mint', () => roles(['mint'], postgres.url('mint')));
  stop.check();
  const app = await progress.step('starting the other roles', () =>
    roles(['worker', 'api', 'mcp', 'chat'], postgres.url('app')),
  );
  stop.check();

  await mint.open();
  await app.open();
  const proxy = await startTemporalUiProxy({ port: ports.temporalUi, target: () => temporalPorts.ui });
  stops.push(proxy.close);
  progress.say(
    'ready\n' +
      startSummary({
        ports,
        stateFolder: state.path,
        postgresMovedTo: place.movedTo,
        withheld: app.withheld(),
      }),
  );
}

async function keepPostgres(
  state: StateFolder,
  runtime: RuntimeFolder,
  place: PostgresPlace,
  registry: PersistentRegistry,
  progress: Progress,
  stops: Stops,
): Promise<PostgresServer> {
  await giveTo(runtime.postgres, place.identity);
  const passwords = await postgresPasswords(state.secrets);
  const start = () =>
    startPostgresServer({
      binaries: place.binaries,
      dataFolder: place.dataFolder,
      socketFolder: runtime.postgres,
      identity: place.identity,
      passwords,
      logFile: logFile(state, 'postgres'),
      durable: true,
      registry,
    });
  let first: PostgresServer | undefined;
  const service = await keepRunning(
    'PostgreSQL',
    async () => {
      const server = await start();
      first ??= server;
      return {
        ended: server.child.exited.then((exit) => exit.signal ?? `exit code ${exit.code ?? '?'}`),
        stop: server.stop,
      };
    },
    progress.say,
  );
  stops.push(service.stop);
  if (first === undefined) throw new Error('PostgreSQL did not start');
  return first;
}

/** A role process that opens its ports when everything is ready, and at once when it is started again later. */
async function keepRoles(
  names: RoleName[],
  settings: RoleEnvironment,
  state: StateFolder,
  registry: PersistentRegistry,
  progress: Progress,
  stops: Stops,
): Promise<{ open(): Promise<void>; withheld(): readonly string[] }> {
  let isOpen = false;
  let current: RoleProcess | undefined;
  const label = names.join('+');
  const service = await keepRunning(
    label,
    async () => {
      current = await startRoleProcess({
        names,
        settings,
        logFile: logFile(state, names.length === 1 ? label : 'app'),
        registry,
        say: progress.say,
      });
      if (isOpen) await current.open();
      return current;
    },
    progress.say,
  );
  stops.push(service.stop);
  return {
    async open() {
      isOpen = true;
      await current?.open();
    },
    withheld: () => current?.withheld ?? [],
  };
}

async function activatePolicy(postgres: PostgresServer, policyFile: string): Promise<void> {
  const connection = connect(postgres.url('app'), { max: 1 });
  try {
    await activatePolicyFile({ db: connection.db, path: policyFile });
  } finally {
    await connection.close();
  }
}

async function webNeedsBuilding(): Promise<boolean> {
  return existsSync(join(projectRoot, 'web', 'build.ts')) && (await webIsStale());
}

/** Waits for all before it throws, so that everything that did start is known to the stops. */
async function settleAll<T extends readonly unknown[]>(promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(promises);
}

const largestLogBytes = 20 * 1024 * 1024;

/** A log from earlier starts goes on until it is large; then one older file is kept. */
function logFile(state: StateFolder, name: string): string {
  const file = join(state.logs, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLogBytes) renameSync(file, `${file}.1`);
  return file;
}
