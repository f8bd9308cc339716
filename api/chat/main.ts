import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createAuthServer } from '../../activities/chat/auth-server.ts';
import { createChatActivities } from '../../activities/chat/create-activities.ts';
import { createLiveText } from '../../activities/chat/live-text.ts';
import { createOAuthClient } from '../../activities/chat/oauth-client.ts';
import type { ModelPort } from '../../activities/chat/model-port.ts';
import { createPlanner } from '../../activities/chat/planner.ts';
import { createTokenSource } from '../../activities/chat/token-source.ts';
import { TokensAhead } from '../../activities/chat/tokens-ahead.ts';
import { createToolCatalogue } from '../../activities/chat/tool-catalogue.ts';
import { createToolServer } from '../../activities/chat/tool-server.ts';
import { connect } from '../../activities/store/connect.ts';
import { createEventFeed } from '../../activities/store/event-feed.ts';
import { trailOfActivities, trailOfClient } from '../../activities/telemetry/temporal-trail.ts';
import { runWorker } from '../../workers/run-worker.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { partChecks } from '../health/part-checks.ts';
import { httpListener } from '../http/listen.ts';
import { createChatApp } from './app.ts';
import type { ChatOptions } from './options.ts';

/** The `chat` role: the chat app's server and the worker of its queue. Ready when it resolves; `open` listens. */
export async function startChat(
  options: ChatOptions,
): Promise<{ open(): Promise<void>; close(): Promise<void>; failed: Promise<never> }> {
  const { logger, issuer, mcpResource, apiResource } = options;
  const now = (): Date => new Date();
  const database = connect(options.databaseUrl, {
    onIdleError: (err) => {
      logger.warn({ err }, 'database connection lost');
    },
  });
  const { db } = database;
  const feed = createEventFeed({ pool: database.pool, db, logger });
  const oauth = createOAuthClient({ issuer, clientSecret: options.clientSecret });
  const tokens = createTokenSource({ db, oauth, atRestKey: options.atRestKey, now });
  const authServer = createAuthServer({ issuer, apiResource, tokens });
  const server = createToolServer({ resource: mcpResource, clientName: chatClientId, version: options.version });
  const catalogue = createToolCatalogue({ server, tokens, resource: mcpResource, now });
  const model = await openModel(options);
  const liveText = createLiveText();
  const ahead = new TokensAhead(tokens, mcpResource);
  feed.subscribe((event) => {
    // A token from before a grant, or from before signing out, is not worth keeping.
    if (event.kind === 'grant' || event.kind === 'sign_out') tokens.forget(event.subject);
    ahead.seen(event);
  });
  await feed.ready();

  const connection = await NativeConnection.connect({ address: options.temporal.address });
  const temporal = new Client({
    connection,
    namespace: options.temporal.namespace,
    interceptors: { workflow: [trailOfClient] },
  });
  const worker = await runWorker(
    options.temporal,
    {
      taskQueue: taskQueues.chat,
      interceptors: { activity: [trailOfActivities(logger)] },
      shutdownGraceTime: '10s',
      activities: createChatActivities({
        db,
        server,
        tokens,
        ahead,
        authServer,
        catalogue,
        model,
        liveText,
        resource: mcpResource,
        now,
      }),
    },
    connection,
  );
  const app = createChatApp({
    ...options,
    db,
    temporal,
    feed,
    oauth,
    tokens,
    authServer,
    agent: model.identity,
    liveText,
    checks: partChecks({ db, temporal }),
    now,
  });
  const http = httpListener(app, options.port);
  return {
    failed: worker.failed,
    open: () => http.open(),
    close: async () => {
      await http.close();
      await worker.close();
      await feed.close();
      await database.close();
    },
  };
}

/** The library for language models is loaded only where one is configured. */
async function openModel({ model, logger }: ChatOptions): Promise<ModelPort> {
  if (model === undefined) return createPlanner();
  const { createEndpointModel } = await import('../../activities/chat/model-endpoint.ts');
  return createEndpointModel(model, { logger });
}
