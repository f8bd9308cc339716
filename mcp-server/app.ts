import { McpServer, type McpHttpHandler } from '@modelcontextprotocol/server';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { callerOf } from './auth/caller.ts';
import { RefusalJournal } from './auth/refusal-journal.ts';
import { guardedHandler } from './auth/guarded-handler.ts';
import { scopeChallenge } from './auth/scope-challenge.ts';
import { givenKeys } from './auth/given-keys.ts';
import { accessTokenVerifier } from './auth/verify-access-token.ts';
import { answerInBand } from './authorization/answer-in-band.ts';
import { CallHolder } from './authorization/call-holder.ts';
import { answerHeaders, hostGuard, otherMethods } from './http/guards.ts';
import { maxBodyBytes, protectMcp } from './http/protect-mcp.ts';
import { metadataPaths } from './http/protected-resource-metadata.ts';
import { sendProblem } from './http/send-problem.ts';
import type { McpServerOptions } from './options.ts';
import { declaresTasks, tasksExtension } from './tasks/extension.ts';
import { serveTasks } from './tasks/serve-tasks.ts';
import { CallRecorder } from './tools/call-recorder.ts';
import { offeredTo, type Tool } from './tools/define-tool.ts';
import type { ToolHost } from './tools/register-tool.ts';

/** Builds the HTTP application of the resource server around its tools. */
export async function createApp(
  options: McpServerOptions,
  tools: readonly Tool[],
): Promise<{ app: Express; handler: McpHttpHandler }> {
  const { authority, logger } = options;
  const holder = new CallHolder();
  const recorder = new CallRecorder(authority, logger);
  const host: ToolHost = {
    challenge: (tool) =>
      scopeChallenge(authority, options.resource, tool, options.tasks === undefined ? undefined : declaresTasks),
    recorder,
    answerInBand: (refused, token, held) => answerInBand({ ...options, holder }, refused, token, held),
  };
  const handler = guardedHandler(
    ({ authInfo, era }) => {
      // The extension is of the current revision.
      const tasks = era === 'modern' ? options.tasks : undefined;
      const server = new McpServer(
        { name: 'countersign', title: 'Countersign tools', version: options.version },
        {
          capabilities: {
            tools: { listChanged: false },
            ...(tasks === undefined ? {} : { extensions: { [tasksExtension]: {} } }),
          },
        },
      );
      if (tasks !== undefined) serveTasks(server, { tasks, authority, recorder, tools, issuer: options.issuer });
      for (const tool of offeredTo(tools, callerOf(authInfo).clientId)) tool.register(server, host);
      return server;
    },
    {
      // For each task's own person and client.
      open: ['tasks/get', 'tasks/update', 'tasks/cancel', ...(options.open ?? [])],
      maxRequestBodySize: maxBodyBytes,
      onerror: (error) => logger.info({ err: error }, 'MCP request not served'),
    },
  );
  const app = express();
  app.disable('x-powered-by');
  if (options.onRequest !== undefined) app.use(options.onRequest);
  app.use(answerHeaders, hostGuard(options.allowedHosts));
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  if (options.readiness !== undefined) app.get('/readyz', options.readiness);
  const protection = {
    resource: options.resource,
    issuer: options.issuer,
    name: 'Countersign tools',
    verify: accessTokenVerifier({ ...options, keys: await givenKeys(options.keys) }),
    authority,
    refusals: new RefusalJournal(authority, options.resource, logger),
    logger,
  };
  app.use(protectMcp(protection, handler));
  app.use(otherMethods(['/healthz', '/readyz', ...metadataPaths(options)]));
  app.use((_request, response) => {
    sendProblem(
      response,
      'not_found',
      `There is nothing here. The tools are at ${new URL(options.resource).pathname}.`,
    );
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    logger.error({ err: error }, 'request failed');
    if (response.headersSent) next(error);
    else sendProblem(response, 'internal_error', 'The request failed for a reason of the server. Try again later.');
  };
  app.use(onError);
  return { app, handler };
}
