import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { pino } from 'pino';
import type { ApprovalDeps } from '../../api/approvals/deps.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { createMintClient } from '../../activities/mint/mint-client.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { createEventFeed } from '../../activities/store/event-feed.ts';
import { insertPolicyVersion } from '../../activities/store/policies.ts';
import { bundleWorkflows } from '../../workers/bundle.ts';
import { startMint } from '../../workers/mint.ts';
import { startOrchestrationWorker } from '../../workers/main.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { signInAtClient } from './client-sign-in.ts';
import { startPostgres, startTemporal } from './embedded.ts';

/** Database, Temporal, worker and mint of the approvals, in this process, on temporary folders. */
export interface ApprovalStack {
  deps: ApprovalDeps;
  owner: Connection;
  app: Connection;
  mint: Connection;
  decisionPrivateJwk: JWK;
  mintPublicJwk: JWK;
  /** Adds a person and gives a caller for them; at somebody else's client they have signed in and consent to it. */
  person(roles: readonly string[], client?: { kind?: Caller['kind']; clientId?: string }): Promise<Caller>;
  /** Makes this policy text live. */
  policy(text: string): Promise<void>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  startMint(): Promise<void>;
  stopMint(): Promise<void>;
  stop(): Promise<void>;
}

async function keyPair(kid: string): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    privateJwk: { ...(await exportJWK(privateKey)), kid, alg: 'ES256' },
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' },
  };
}

/** Starts the stack with the given policy text. */
export async function startApprovalStack(policyText: string): Promise<ApprovalStack> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
  const [postgres, temporal, folder, decision, mintKey] = await Promise.all([
    startPostgres(),
    startTemporal(),
    mkdtemp(join(tmpdir(), 'cs-stack-')),
    keyPair('decision-1'),
    keyPair('mint-1'),
  ]);
  const logger = pino({ level: 'silent' });
  const workflowBundle = await bundleWorkflows();
  const socketPath = join(folder, 'mint.sock');
  const owner = connect(postgres.ownerUrl, { max: 2 });
  const app = connect(postgres.appUrl);
  const mint = connect(postgres.mintUrl, { max: 2 });
  const feed = createEventFeed({ pool: app.pool, db: app.db, logger });
  await feed.ready();
  const temporalConnection = await TemporalConnection.connect({ address: temporal.address });
  const issuer = 'http://localhost:8002';
  const mcpResource = 'http://localhost:8001/mcp';
  const mintClient = createMintClient({ socketPath });
  const common = {
    temporal: { address: temporal.address, namespace: temporal.namespace },
    decisionPublicJwk: decision.publicJwk,
    logger,
  };
  let worker: { close(): Promise<void> } | undefined;
  let minting: { close(): Promise<void> } | undefined;

  const stack: ApprovalStack = {
    deps: {
      db: app.db,
      temporal: new Client({ connection: temporalConnection, namespace: temporal.namespace }),
      feed,
      mint: mintClient,
      decisionPrivateJwk: decision.privateJwk,
      mintKid: 'mint-1',
      issuer,
      mcpResource,
      temporalUi: undefined,
      now: () => new Date(),
      logger,
    },
    owner,
    app,
    mint,
    decisionPrivateJwk: decision.privateJwk,
    mintPublicJwk: mintKey.publicJwk,
    async person(roles, client = {}) {
      const subject = `usr_${randomUUID()}`;
      const email = `${subject}@example.com`;
      await owner.db
        .insertInto('people')
        .values({ subject, email, display_name: subject, password_hash: null, disabled_at: null })
        .execute();
      if (roles.length > 0)
        await owner.db
          .insertInto('person_roles')
          .values(roles.map((role) => ({ subject, role })))
          .execute();
      const { kind = 'browser', clientId = 'countersign-dashboard' } = client;
      const signsIn = kind === 'bearer' && !isFirstParty(clientId);
      return {
        kind,
        clientId,
        ...(signsIn ? { signIn: await signInAtClient(app.db, { subject, clientId }) } : {}),
        person: { subject, email, displayName: subject, roles: [...roles], disabled: false },
      };
    },
    policy: (text) => insertPolicyVersion(owner.db, parsePolicy(text, 'test.yaml'), text),
    async startWorker() {
      worker = await startOrchestrationWorker({ ...common, databaseUrl: postgres.appUrl, workflowBundle });
    },
    async stopWorker() {
      await worker?.close();
      worker = undefined;
    },
    async startMint() {
      minting = await startMint({
        ...common,
        databaseUrl: postgres.mintUrl,
        mintPrivateJwk: mintKey.privateJwk,
        issuer,
        resources: { mcp: mcpResource, api: `${issuer}/api` },
        socketPath,
      });
    },
    async stopMint() {
      await minting?.close();
      minting = undefined;
    },
    async stop() {
      await stack.stopWorker();
      await stack.stopMint();
      mintClient.close();
      await feed.close();
      await temporalConnection.close();
      await Promise.all([owner.close(), app.close(), mint.close()]);
      await temporal.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await stack.policy(policyText);
  await Promise.all([stack.startWorker(), stack.startMint()]);
  return stack;
}
