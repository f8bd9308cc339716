import { Client, Connection } from '@temporalio/client';
import { Router } from 'express';
import { createToolServer } from '../activities/chat/tool-server.ts';
import { createMintClient } from '../activities/mint/mint-client.ts';
import { deleteOldClientSignIns } from '../activities/store/client-sign-ins.ts';
import { ClientDocuments, deleteOldClientDocuments } from '../activities/store/client-documents.ts';
import { connect } from '../activities/store/connect.ts';
import { createEventFeed } from '../activities/store/event-feed.ts';
import { deleteOldEvents } from '../activities/store/event-history.ts';
import { deleteExpiredOidcPayloads, OidcPayloads } from '../activities/store/oidc-payloads.ts';
import { deleteOldStepUps } from '../activities/store/step-ups.ts';
import { trailOfClient } from '../activities/telemetry/temporal-trail.ts';
import { createApiApp } from './app.ts';
import type { ApprovalDeps } from './approvals/deps.ts';
import { approvalRoutes } from './approvals/routes.ts';
import { clientRoutes } from './clients/routes.ts';
import { connectionRoutes } from './connections/routes.ts';
import { freezeRoutes } from './freeze/routes.ts';
import { grantRoutes } from './grants/routes.ts';
import { partChecks } from './health/part-checks.ts';
import { guardedFetch } from './http/guarded-fetch.ts';
import { httpListener } from './http/listen.ts';
import type { ApiOptions } from './options.ts';
import { peopleRoutes } from './people/routes.ts';
import { createBrowserSessions } from './sessions/browser-sessions.ts';
import { stepUpAsker } from './step-up/asker.ts';
import { toolCallRoutes } from './tools/call-routes.ts';
import { dashboardClientId } from '../workflows/domain/clients.ts';

const cleanUpEveryMs = 10 * 60 * 1_000;

/** The `api` role: auth server, API and dashboard. Ready when it resolves; `open` listens. */
export async function startApi(options: ApiOptions): Promise<{ open(): Promise<void>; close(): Promise<void> }> {
  const { logger } = options;
  const now = (): Date => new Date();
  const database = connect(options.databaseUrl, {
    onIdleError: (err) => {
      logger.warn({ err }, 'database connection lost');
    },
  });
  const { db } = database;
  const feed = createEventFeed({ pool: database.pool, db, logger });
  await feed.ready();
  const mint = createMintClient({ socketPath: options.mintSocketPath });
  const connection = await Connection.connect({ address: options.temporal.address });
  const temporal = new Client({
    connection,
    namespace: options.temporal.namespace,
    interceptors: { workflow: [trailOfClient] },
  });

  const payloads = new OidcPayloads(db, options.atRestKey);
  const approvals: ApprovalDeps = {
    db,
    temporal,
    workerClient: options.workerClient,
    feed,
    mint,
    decisionPrivateJwk: options.decisionPrivateJwk,
    mintKid: options.mintPublicJwk.kid ?? '',
    issuer: options.issuer,
    mcpResource: options.mcpResource,
    registeredName: async (clientId: string) => {
      const name = (await payloads.find('Client', 'id', clientId, now()))?.['client_name'];
      return typeof name === 'string' ? name : undefined;
    },
    chatUrl: options.chatUrl,
    temporalUi:
      options.temporalUiUrl === undefined
        ? undefined
        : { url: options.temporalUiUrl, namespace: options.temporal.namespace },
    now,
    logger,
  };
  const toolServer = createToolServer({
    resource: options.mcpResource,
    clientName: dashboardClientId,
    version: options.version,
  });
  const resources = Router()
    .use(approvalRoutes(approvals))
    .use(grantRoutes(approvals))
    .use('/people', peopleRoutes({ ...approvals, payloads }))
    .use('/clients', clientRoutes({ ...approvals, payloads, chatUrl: options.chatUrl }))
    .use('/connections', connectionRoutes(approvals))
    .use('/freeze', freezeRoutes(approvals))
    .use(toolCallRoutes({ ...approvals, basePrivateJwk: options.basePrivateJwk, toolServer }));
  const app = createApiApp({
    ...options,
    db,
    feed,
    mint,
    asker: stepUpAsker(approvals),
    resources,
    clientFetch: guardedFetch({ allowedHosts: options.clientDocumentHosts ?? [] }),
    checks: partChecks({ db, temporal, mintSocketPath: options.mintSocketPath }),
    payloads,
    documents: new ClientDocuments(db, options.atRestKey),
    sessions: createBrowserSessions({ db, secure: options.issuer.startsWith('https:'), now }),
    now,
  });
  const http = httpListener(app, options.port);
  const cleaning = setInterval(() => {
    Promise.all([
      deleteExpiredOidcPayloads(db),
      deleteOldClientSignIns(db),
      deleteOldClientDocuments(db, now()),
      deleteOldEvents(db),
      deleteOldStepUps(db, now()),
    ]).catch((err: unknown) => {
      logger.warn({ err }, 'expired OAuth state, old events, step-ups or documents could not be removed');
    });
  }, cleanUpEveryMs);
  return {
    open: () => http.open(),
    close: async () => {
      clearInterval(cleaning);
      await http.close();
      await feed.close();
      mint.close();
      await connection.close();
      await database.close();
    },
  };
}
