import { createPrivateKey, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportPKCS8, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { Router } from 'express';
import { pino } from 'pino';
import { createApiApp } from '../../api/app.ts';
import { guardedFetch, type GuardedFetchOptions } from '../../api/http/guarded-fetch.ts';
import { httpListener } from '../../api/http/listen.ts';
import type { StepUpAsker } from '../../api/step-up/asker.ts';
import { createBrowserSessions } from '../../api/sessions/browser-sessions.ts';
import { signToken } from '../../activities/mint/sign-token.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { ClientDocuments } from '../../activities/store/client-documents.ts';
import { connect, type Db } from '../../activities/store/connect.ts';
import { createEventFeed } from '../../activities/store/event-feed.ts';
import { OidcPayloads } from '../../activities/store/oidc-payloads.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { insertPolicyVersion } from '../../activities/store/policies.ts';
import { seedDemo } from '../../activities/store/seed-demo.ts';
import { freePort } from '../../cli/embedded/free-port.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { startPostgres } from './embedded.ts';

/** The auth server on a port of its own, with the demo accounts, the shipped policy and a mint in this process. */
export interface TestAuthServer {
  issuer: string;
  apiResource: string;
  mcpResource: string;
  chatUrl: string;
  chatClientSecret: string;
  mcpServerSecret: string;
  baseKey: JWK;
  /** Public. */
  mintKey: JWK;
  mintKid: string;
  db: Db;
  documents: ClientDocuments;
  /** As the owner: people, roles and policy. */
  ownerDb: Db;
  /** What the mint was asked to sign, and whether it answers at all. */
  mint: { signed: string[]; refuse: Error | undefined };
  /** Asks the mint for a signature, as whoever reaches its socket can. */
  sign(signingInput: string): Promise<Uint8Array>;
  subjectOf(email: string): Promise<string>;
  /** Puts a living grant into the database. */
  grant(grant: {
    email: string;
    clientId: string;
    scopes: string[];
    sessionId?: string;
    lifetimeMs?: number;
  }): Promise<string>;
  endGrant(grantId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it. @param options.demoMode on unless said otherwise. @param options.now the real time unless said otherwise. */
export async function startAuthServer(
  options: {
    demoMode?: boolean;
    clientDocuments?: GuardedFetchOptions;
    now?: () => Date;
    trustedProxies?: string[];
  } = {},
): Promise<TestAuthServer> {
  const [postgres, port, base, mintKey] = await Promise.all([
    startPostgres(),
    freePort(),
    keyPair('base-1'),
    keyPair('mint-1'),
  ]);
  const app = connect(postgres.appUrl);
  const owner = connect(postgres.ownerUrl, { max: 2 });
  const mintDb = connect(postgres.mintUrl, { max: 2 });
  const issuer = `http://localhost:${port}`;
  const shared = {
    issuer,
    apiResource: `${issuer}/api`,
    mcpResource: 'http://localhost:8001/mcp',
    chatUrl: 'http://localhost:5001',
    chatClientSecret: randomUUID(),
    mcpServerSecret: randomUUID(),
  };
  const logger = pino({ level: 'silent' });
  const now = options.now ?? ((): Date => new Date());
  const policy = await readFile(join(projectRoot, 'countersign.policy.yaml'), 'utf8');
  await insertPolicyVersion(owner.db, parsePolicy(policy, 'countersign.policy.yaml'), policy);
  await seedDemo(owner.db);
  const feed = createEventFeed({ pool: app.pool, db: app.db, logger });
  await feed.ready();

  const mint: TestAuthServer['mint'] = { signed: [], refuse: undefined };
  const privateKey = createPrivateKey(
    await exportPKCS8((await importJWK(mintKey.privateJwk, 'ES256', { extractable: true })) as CryptoKey),
  );
  const sign = (signingInput: string): Promise<Uint8Array> => {
    if (mint.refuse !== undefined) return Promise.reject(mint.refuse);
    mint.signed.push(signingInput);
    const resources = { mcp: shared.mcpResource, api: shared.apiResource };
    return signToken({ db: mintDb.db, privateKey, kid: 'mint-1', issuer, resources, now }, signingInput);
  };
  const subjectOf = async (email: string): Promise<string> => {
    const person = await findPersonByEmail(app.db, email);
    if (person === undefined) throw new Error(`nobody is ${email}`);
    return person.subject;
  };
  const grant: TestAuthServer['grant'] = async ({
    email,
    clientId,
    scopes,
    sessionId,
    lifetimeMs = 60 * 60 * 1_000,
  }) => {
    const id = randomUUID();
    const row = {
      request_id: `req_${id}`,
      subject: await subjectOf(email),
      client_id: clientId,
      session_id: sessionId ?? null,
      scopes,
    };
    await owner.db
      .insertInto('scope_requests')
      .values({
        ...row,
        tool_name: null,
        tool_args: null,
        justification: null,
        digest: id,
        dedupe_key: id,
      })
      .execute();
    await owner.db
      .insertInto('grants')
      .values({
        ...row,
        grant_id: `grt_${id}`,
        granted_at: now(),
        expires_at: new Date(Date.now() + lifetimeMs),
        end_reason: null,
        ended_at: null,
        ended_by: null,
      })
      .execute();
    return `grt_${id}`;
  };
  // Without a workflow: whatever is asked for is granted at once.
  const asker: StepUpAsker = {
    ask: async ({ person, clientId }, scopes) => {
      await grant({ email: person.email, clientId, scopes: [...scopes] });
      return { status: 'approved', auto_approved: true, approved_scopes: [...scopes], expires_in: 3_600, message: '' };
    },
    withdraw: () => Promise.reject(new Error('nothing waits here')),
  };
  const webRoot = await webApps();
  const atRestKey = new Uint8Array(32).fill(7);
  const documents = new ClientDocuments(app.db, atRestKey);
  const http = httpListener(
    createApiApp({
      ...shared,
      allowedHosts: [`localhost:${port}`],
      trustedProxies: options.trustedProxies ?? [],
      basePrivateJwk: base.privateJwk,
      mintPublicJwk: mintKey.publicJwk,
      cookieKeys: [randomUUID()],
      db: app.db,
      feed,
      mint: { sign },
      clientFetch: guardedFetch(options.clientDocuments ?? { allowedHosts: [] }),
      payloads: new OidcPayloads(app.db, atRestKey),
      documents,
      sessions: createBrowserSessions({ db: app.db, secure: false, now }),
      asker,
      resources: Router(),
      checks: {},
      webRoot,
      demoMode: options.demoMode ?? true,
      now,
      logger,
    }),
    port,
  );
  await http.open();

  return {
    ...shared,
    baseKey: base.privateJwk,
    mintKey: mintKey.publicJwk,
    mintKid: 'mint-1',
    db: app.db,
    documents,
    ownerDb: owner.db,
    mint,
    sign,
    subjectOf,
    grant,
    endGrant: async (grantId) => {
      await app.db
        .updateTable('grants')
        .set({ end_reason: 'revoked', ended_at: now(), ended_by: 'system' })
        .where('grant_id', '=', grantId)
        .execute();
    },
    stop: async () => {
      await http.close();
      await feed.close();
      await Promise.all([app.close(), owner.close(), mintDb.close()]);
      await postgres.stop();
      await rm(webRoot, { recursive: true });
    },
  };
}

/** Stand-ins for the built web apps, so that no build is needed. */
async function webApps(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'cs-web-'));
  for (const name of ['admin', 'consent']) {
    await mkdir(join(root, name, 'assets'), { recursive: true });
    await writeFile(join(root, name, 'index.html'), `<!doctype html><title>${name}</title>`);
    await writeFile(join(root, name, 'assets', 'app-1a2b.js'), 'export {};');
  }
  return root;
}

async function keyPair(kid: string): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const header = { kid, alg: 'ES256', use: 'sig' };
  return {
    privateJwk: { ...(await exportJWK(privateKey)), ...header },
    publicJwk: { ...(await exportJWK(publicKey)), ...header },
  };
}
