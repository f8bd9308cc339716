import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import express from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';
import { signToken, type SignDeps } from './sign-token.ts';

const bodySchema = z.strictObject({ signing_input: z.string().max(16_384) });

/** The mint's narrow service on a Unix socket: it signs what living grants allow and nothing else (RULES 12). */
export interface SignServer {
  close(): Promise<void>;
}

/** Listens on the socket, readable by this account alone; a stale socket file is replaced. */
export async function startSignServer(deps: SignDeps & { socketPath: string; logger: Logger }): Promise<SignServer> {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.post('/sign', express.json({ limit: '32kb' }), async (request, response) => {
    const body = bodySchema.safeParse(request.body);
    if (!body.success) {
      response.status(400).json({ code: 'invalid_request' });
      return;
    }
    try {
      const signature = await signToken(deps, body.data.signing_input);
      response.json({ signature: Buffer.from(signature).toString('base64url') });
    } catch (error) {
      if (error instanceof DomainError) {
        response.status(error.code === 'insufficient_scope' ? 403 : 400).json({ code: error.code });
        return;
      }
      deps.logger.error({ err: error }, 'signing failed');
      response.status(503).json({ code: 'temporarily_unavailable' });
    }
  });
  await rm(deps.socketPath, { force: true });
  const server = createServer(app);
  await listen(server, deps.socketPath);
  await chmod(deps.socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
}
