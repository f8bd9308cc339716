import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { RoleConfiguration, RoleName } from './role-configuration.ts';
import { mintOptions, workerOptions } from './role-options.ts';
import type { RunningRole } from './role-protocol.ts';

/** Starts one role, loading only its own code. */
export async function startRole(
  name: RoleName,
  configuration: RoleConfiguration,
  logger: Logger,
): Promise<RunningRole> {
  switch (name) {
    case 'mint':
      return (await import('../workers/mint.ts')).startMint(await mintOptions(configuration, logger));
    case 'worker':
      return (await import('../workers/main.ts')).startOrchestrationWorker(await workerOptions(configuration, logger));
    case 'api':
      return notThereYet(configuration.ports.auth);
    case 'mcp':
      return notThereYet(configuration.ports.mcp);
    case 'chat':
      return notThereYet(configuration.ports.chat);
    default:
      return name satisfies never;
  }
}

function notThereYet(port: number): Promise<RunningRole> {
  const server = createServer((_request, response) => response.writeHead(503).end());
  return Promise.resolve({
    open: () => new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1' }, () => resolve())),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
