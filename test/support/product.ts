import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { pino, type Logger } from 'pino';
import { freePort } from '../../cli/embedded/free-port.ts';
import type { ModelSettings } from '../../activities/chat/model-settings.ts';
import { activatePolicyFile } from '../../activities/policy/activate-policy-file.ts';
import { seedDemo } from '../../activities/store/seed-demo.ts';
import { connect, type Connection, type Db } from '../../activities/store/connect.ts';
import { startChat } from '../../api/chat/main.ts';
import { partChecks } from '../../api/health/part-checks.ts';
import { readinessHandler } from '../../api/health/readiness.ts';
import { createHttpServer } from '../../api/http/http-server.ts';
import { requestLog } from '../../api/http/request-log.ts';
import { startApi } from '../../api/main.ts';
import { httpAuthorizationApi } from '../../mcp-server/authorization/http-authorization-api.ts';
import { startMcpServer } from '../../mcp-server/main.ts';
import { storeAuthority, storeDirectory } from '../../mcp-server/store-authority.ts';
import { storeTasks } from '../../mcp-server/store-tasks.ts';
import { startOrchestrationWorker } from '../../workers/main.ts';
import { bundleWorkflows } from '../../workers/bundle.ts';
import { startMint } from '../../workers/mint.ts';
import { startPostgres, startTemporal } from './embedded.ts';

interface Role {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The whole product in this process, on free ports and a database of its own. */
export interface Product {
  issuer: string;
  chatUrl: string;
  mcpResource: string;
  temporal: { address: string; namespace: string };
  database: Connection;
  /** Signs base tokens. */
  baseKey: JWK;
  /** As the owner of the database. */
  ownerDb: Db;
  /** Stops and starts single roles, as an operator or a crash would. */
  roles: Record<'api' | 'mcp' | 'chat' | 'worker' | 'mint', { stop(): Promise<void>; start(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Starts every role. @param options.policy text of another policy file than the shipped one */
export async function startProduct(
  options: { policy?: string; logLevel?: string; model?: ModelSettings; logger?: Logger } = {},
): Promise<Product> {
  const [postgres, temporal, folder] = await Promise.all([
    startPostgres(),
    startTemporal(),
    mkdtemp(join(tmpdir(), 'cs-')),
  ]);
  const [apiPort, mcpPort, chatPort] = [await freePort(), await freePort(), await freePort()];
  const issuer = `http://localhost:${apiPort}`;
  const chatUrl = `http://localhost:${chatPort}`;
  const mcpResource = `http://localhost:${mcpPort}/mcp`;
  const apiResource = `${issuer}/api`;
  const [base, decision, mint] = [await keyPair('base-1'), await keyPair('decision-1'), await keyPair('mint-1')];
  const logger = options.logger ?? pino({ level: options.logLevel ?? 'silent' });
  const logOf = (role: string) => ({ logger: logger.child({ role }) });
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  await writeFile(join(workspace, 'README.md'), '# The workspace of a test\n');
  const policyPath = options.policy === undefined ? 'countersign.policy.yaml' : join(folder, 'policy.yaml');
  await standInPages(join(folder, 'web'));
  if (options.policy !== undefined) await writeFile(policyPath, options.policy);
  const database = connect(postgres.appUrl);
  const owner = connect(postgres.ownerUrl, { max: 1 });
  await seedDemo(owner.db);
  await activatePolicyFile({ db: owner.db, path: policyPath });
  const workflowBundle = await bundleWorkflows();
  const shared = {
    issuer,
    mcpResource,
    apiResource,
    chatUrl,
    temporal: { address: temporal.address, namespace: temporal.namespace },
    databaseUrl: postgres.appUrl,
    atRestKey: new Uint8Array(randomBytes(32)),
    demoMode: true,
    webRoot: join(folder, 'web'),
    logger,
  };
  const mintSocketPath = join(folder, 'mint.sock');
  const clientSecret = randomBytes(32).toString('base64url');
  // As under the launcher, a restarted role reads the cookies that it wrote before.
  const cookieKeys = [randomBytes(32).toString('base64url')];
  const mcpServerSecret = randomBytes(32).toString('base64url');
  const makers: Record<keyof Product['roles'], () => Promise<Role>> = {
    mint: () =>
      startMint({
        ...shared,
        ...logOf('mint'),
        databaseUrl: postgres.mintUrl,
        decisionPublicJwk: decision.publicJwk,
        mintPrivateJwk: mint.privateJwk,
        resources: { mcp: mcpResource, api: apiResource },
        socketPath: mintSocketPath,
      }),
    worker: () =>
      startOrchestrationWorker({
        ...shared,
        ...logOf('worker'),
        decisionPublicJwk: decision.publicJwk,
        workflowBundle,
      }),
    api: () =>
      startApi({
        ...shared,
        ...logOf('api'),
        port: apiPort,
        allowedHosts: [`localhost:${apiPort}`],
        temporalUiUrl: undefined,
        basePrivateJwk: base.privateJwk,
        decisionPrivateJwk: decision.privateJwk,
        mintPublicJwk: mint.publicJwk,
        mintSocketPath,
        cookieKeys,
        chatClientSecret: clientSecret,
        mcpServerSecret,
        version: '0.0.0-test',
      }),
    mcp: () =>
      startMcpServer({
        port: mcpPort,
        resource: mcpResource,
        issuer,
        keys: [
          { jwk: base.publicJwk, ceiling: 'base' },
          { jwk: mint.publicJwk, ceiling: 'elevated' },
        ],
        authority: storeAuthority(database.db),
        onRequest: requestLog({ ...logOf('mcp'), server: 'mcp' }),
        createServer: createHttpServer,
        readiness: readinessHandler(partChecks({ db: database.db }), { logger, rememberMs: 0 }),
        directory: storeDirectory(database.db),
        tasks: storeTasks(database.db),
        authorizations: httpAuthorizationApi({ issuer, apiResource, clientSecret: mcpServerSecret }),
        workspace,
        ...logOf('mcp'),
        allowedHosts: ['localhost'],
        version: '0.0.0-test',
      }),
    chat: () =>
      startChat({
        ...shared,
        ...logOf('chat'),
        port: chatPort,
        publicUrl: chatUrl,
        clientSecret,
        allowedHosts: [`localhost:${chatPort}`],
        dashboardUrl: `${issuer}/dashboard`,
        model: options.model,
        version: '0.0.0-test',
      }),
  };
  const running = new Map<string, Role>();
  const role = (name: keyof Product['roles']) => ({
    start: async () => {
      const started = await makers[name]();
      await started.open();
      running.set(name, started);
    },
    stop: async () => {
      await running.get(name)?.close();
      running.delete(name);
    },
  });
  const roles = { mint: role('mint'), worker: role('worker'), api: role('api'), mcp: role('mcp'), chat: role('chat') };
  for (const { start } of Object.values(roles)) await start();
  return {
    issuer,
    chatUrl,
    mcpResource,
    temporal,
    database,
    baseKey: base.privateJwk,
    ownerDb: owner.db,
    roles,
    stop: async () => {
      for (const name of ['chat', 'mcp', 'api', 'worker', 'mint'] as const) await roles[name].stop();
      await Promise.all([database.close(), owner.close()]);
      await temporal.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Pages without scripts, so that no build is needed. */
async function standInPages(webRoot: string): Promise<void> {
  for (const app of ['', 'admin', 'consent']) {
    await mkdir(join(webRoot, app, 'assets'), { recursive: true });
    await writeFile(join(webRoot, app, 'index.html'), `<!doctype html><title>${app}</title>`);
    await writeFile(join(webRoot, app, 'assets', 'app-1a2b.js'), 'export {};');
  }
}

async function keyPair(kid: string): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const named = { kid, alg: 'ES256', use: 'sig' };
  return {
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
  };
}
