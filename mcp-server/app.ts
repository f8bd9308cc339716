import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  McpServer,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { answerRefusals } from './auth/answer-refusals.ts';
import { authenticate } from './auth/authenticate.ts';
import { RefusalJournal } from './auth/refusal-journal.ts';
import { scopeChallenge } from './auth/scope-challenge.ts';
import { accessTokenVerifier } from './auth/verify-access-token.ts';
import { answerInBand } from './authorization/answer-in-band.ts';
import { answerHeaders, hostGuard, openCors, otherMethods } from './http/guards.ts';
import { metadataPaths, protectedResourceMetadata } from './http/protected-resource-metadata.ts';
import { sendProblem } from './http/send-problem.ts';
import type { McpServerOptions } from './options.ts';
import { CallRecorder } from './tools/call-recorder.ts';
import type { Tool, ToolHost } from './tools/define-tool.ts';

const maxBodyBytes = 256 * 1024;

/** Builds the HTTP application of the resource server around its tools. */
export async function createApp(
  options: McpServerOptions,
  tools: readonly Tool[],
): Promise<{ app: Express; handler: McpHttpHandler }> {
  const { authority, logger } = options;
  const resource = new URL(options.resource);
  const host: ToolHost = {
    challenge: (tool) => scopeChallenge(authority, options.resource, tool),
    recorder: new CallRecorder(authority, logger),
    answerInBand: (refused, token) => answerInBand(options, refused, token),
  };
  const handler = createMcpHandler(
    () => {
      const server = new McpServer(
        { name: 'countersign', title: 'Countersign tools', version: options.version },
        { capabilities: { tools: { listChanged: false } } },
      );
      for (const tool of tools) tool.register(server, host);
      return server;
    },
    // The tools never change while serving, so there is nothing to subscribe to.
    {
      maxRequestBodySize: maxBodyBytes,
      maxSubscriptions: 0,
      onerror: (error) => logger.info({ err: error }, 'MCP request not served'),
    },
  );
  const serveMcp = toNodeHandler(answerRefusals(handler, authority), {
    maxRequestBodySize: maxBodyBytes,
    onerror: (error) => logger.error({ err: error }, 'MCP request failed'),
  });

  const app = express();
  app.disable('x-powered-by');
  if (options.onRequest !== undefined) app.use(options.onRequest);
  app.use(answerHeaders, hostGuard(options.allowedHosts));
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  if (options.readiness !== undefined) app.get('/readyz', options.readiness);
  app.use(protectedResourceMetadata(options));
  app.all(
    resource.pathname,
    openCors,
    authenticate({
      verify: await accessTokenVerifier(options),
      authority,
      resource,
      resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
      refusals: new RefusalJournal(authority, options.resource, logger),
      logger,
    }),
    (request, response) => serveMcp(request, response),
  );
  app.use(otherMethods(['/healthz', '/readyz', ...metadataPaths(options)]));
  app.use((_request, response) => {
    sendProblem(response, 'not_found', `There is nothing here. The tools are at ${resource.pathname}.`);
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    logger.error({ err: error }, 'request failed');
    if (response.headersSent) next(error);
    else sendProblem(response, 'internal_error', 'The request failed for a reason of the server. Try again later.');
  };
  app.use(onError);
  return { app, handler };
}
