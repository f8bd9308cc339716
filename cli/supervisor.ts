import { join } from 'node:path';
import { migrate } from '../activities/store/migrate.ts';
import {
  activatePolicyFile,
  readPolicyFile,
  type PolicyActivation,
} from '../activities/policy/activate-policy-file.ts';
import { connect } from '../activities/store/connect.ts';
import { seedDemo } from '../activities/store/seed-demo.ts';
import { buildWhenStale, webApps, workflowBundle } from './build-when-stale.ts';
import { openChildRegistry } from './child-registry.ts';
import { machineEnvironment, projectRoot, type StartConfiguration } from './configuration.ts';
import { makeKeys, makeSecrets } from './embedded/keys.ts';
import { postgresPlace } from './embedded/postgres-place.ts';
import type { PostgresServer } from './embedded/postgres-server.ts';
import { bubblewrap, ensureSystemPrograms, procps } from './embedded/system-packages.ts';
import { temporalCliPath } from './embedded/temporal-binary.ts';
import { startTemporalUiProxy } from './embedded/temporal-ui-proxy.ts';
import { keepPolicy } from './keep-policy.ts';
import { keepPostgres } from './keep-postgres.ts';
import { keepRoles } from './keep-roles.ts';
import { keepTemporal } from './keep-temporal.ts';
import { checkModel, modelVariables } from './model-configuration.ts';
import { takenPorts } from './port-check.ts';
import type { Progress } from './progress.ts';
import type { RoleEnvironment, RoleName } from './role-configuration.ts';
import { makeRuntimeFolder } from './runtime-folder.ts';
import type { StartContext, Stops } from './start-context.ts';
import { openStateFolder } from './state-folder.ts';
import type { StopRequest } from './stop-request.ts';
import { startSummary } from './summary.ts';

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
    await stopAll(stops, progress);
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
  const model = await checkModel(configuration.model);

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
    ...(configuration.metricsPort === undefined
      ? []
      : [{ port: configuration.metricsPort, flag: '--metrics-port', what: 'metrics' }]),
  ]);
  if (taken.length > 0) throw new CannotStartError(taken.join('\n'));

  await makeKeys(state.keys);
  await makeSecrets(state.secrets);
  const runtime = makeRuntimeFolder(machine);
  registry.addRuntimeFolder(runtime.path);

  const place = await postgresPlace(state.path, '/var/lib/countersign');
  const context: StartContext = { state, registry, progress, stops };
  const [postgres, temporal] = await settleAll([
    progress.step('starting PostgreSQL', () => keepPostgres(context, runtime, place)),
    progress.step('starting Temporal', () => keepTemporal(context, temporalBinary)),
    buildWhenStale(webApps, progress),
    buildWhenStale(workflowBundle, progress),
  ]);
  stop.check();

  await progress.step('migrating the database', () => migrate(postgres.url('owner')));
  const activation = await seedAndActivate(postgres, configuration.policyFile);
  stop.check();

  const settings: Omit<RoleEnvironment, 'COUNTERSIGN_DATABASE_URL'> = {
    COUNTERSIGN_ISSUER: `http://localhost:${ports.auth}`,
    COUNTERSIGN_MCP_RESOURCE: `http://localhost:${ports.mcp}/mcp`,
    COUNTERSIGN_CHAT_URL: `http://localhost:${ports.chat}`,
    COUNTERSIGN_TEMPORAL_UI_URL: `http://localhost:${ports.temporalUi}`,
    COUNTERSIGN_AUTH_PORT: String(ports.auth),
    COUNTERSIGN_MCP_PORT: String(ports.mcp),
    COUNTERSIGN_CHAT_PORT: String(ports.chat),
    COUNTERSIGN_TEMPORAL_ADDRESS: temporal.address,
    COUNTERSIGN_TEMPORAL_NAMESPACE: temporal.namespace,
    COUNTERSIGN_KEYS_FOLDER: state.keys,
    COUNTERSIGN_SECRETS_FOLDER: state.secrets,
    COUNTERSIGN_MINT_SOCKET: join(runtime.roles, 'mint.sock'),
    COUNTERSIGN_WEB_ROOT: join(projectRoot, webApps.output),
    COUNTERSIGN_WORKFLOW_BUNDLE: join(projectRoot, workflowBundle.output, 'bundle.js'),
    COUNTERSIGN_WORKSPACE: configuration.workspace,
    COUNTERSIGN_DEMO_MODE: 'on',
  };
  // Only the chat asks the model: the mint's process does not even see the key.
  const noModel = Object.fromEntries(Object.keys(modelVariables).map((name) => [name, '']));
  const roles = (names: RoleName[], databaseUrl: string, roleStops: Stops) =>
    keepRoles({ ...context, stops: roleStops }, names, {
      ...settings,
      ...noModel,
      ...(names.includes('chat') ? configuration.model : {}),
      // One process can have the port; the mint has nothing to show there.
      COUNTERSIGN_METRICS_PORT: names.includes('api') ? String(configuration.metricsPort ?? '') : '',
      COUNTERSIGN_DATABASE_URL: databaseUrl,
    });
  const [mintStops, appStops]: [Stops, Stops] = [[], []];
  // Started together, but the mint stops last.
  stops.push(
    () => stopAll(mintStops, progress),
    () => stopAll(appStops, progress),
  );
  const [mint, app] = await progress.step('starting the roles', () =>
    settleAll([
      roles(['mint'], postgres.url('mint'), mintStops),
      roles(['worker', 'api', 'mcp', 'chat'], postgres.url('app'), appStops),
    ]),
  );
  stop.check();

  await mint.open();
  await app.open();
  const proxy = await startTemporalUiProxy({
    port: ports.temporalUi,
    home: `/namespaces/${temporal.namespace}/workflows`,
    target: temporal.uiPort,
  });
  stops.push(proxy.close);
  keepPolicy(context, {
    path: configuration.policyFile,
    databaseUrl: postgres.url('owner'),
    temporal,
    untold: activation.endedRequests,
  });
  progress.say(
    'ready\n' +
      startSummary({
        ports,
        stateFolder: state.path,
        postgresMovedTo: place.movedTo,
        withheld: app.withheld(),
        model:
          model === undefined
            ? 'offline planner: patterns, no model'
            : `${model.model} at ${new URL(model.baseUrl).host}`,
      }),
  );
}

/** In the reverse order of their start. */
async function stopAll(stops: Stops, progress: Progress): Promise<void> {
  for (const stopPart of stops.reverse()) {
    await stopPart().catch((error: unknown) => progress.say(`while stopping: ${String(error)}`));
  }
}

/** As the owner: no role that serves may write policy, people or their roles (RULES 12). */
async function seedAndActivate(postgres: Pick<PostgresServer, 'url'>, policyFile: string): Promise<PolicyActivation> {
  const connection = connect(postgres.url('owner'), { max: 1 });
  try {
    await seedDemo(connection.db);
    return await activatePolicyFile({ db: connection.db, path: policyFile });
  } finally {
    await connection.close();
  }
}

/** Waits for all before it throws, so that everything that did start is known to the stops. */
async function settleAll<T extends readonly unknown[]>(promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(promises);
}
