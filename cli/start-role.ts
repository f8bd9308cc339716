import type { Logger } from 'pino';
import type { RoleConfiguration, RoleName } from './role-configuration.ts';
import { apiOptions, chatOptions, mcpOptions, mintOptions, workerOptions } from './role-options.ts';
import type { RunningRole } from './role-protocol.ts';

/** Starts one role, loading only its own code. @param beside the roles that this process runs already */
export async function startRole(
  name: RoleName,
  configuration: RoleConfiguration,
  logger: Logger,
  beside: readonly RunningRole[] = [],
): Promise<RunningRole> {
  switch (name) {
    case 'mint':
      return (await import('../workers/mint.ts')).startMint(await mintOptions(configuration, logger));
    case 'worker':
      return (await import('../workers/main.ts')).startOrchestrationWorker(await workerOptions(configuration, logger));
    case 'api':
      return (await import('../api/main.ts')).startApi({
        ...(await apiOptions(configuration, logger)),
        workerClient: beside.find(({ workerClient }) => workerClient !== undefined)?.workerClient,
      });
    case 'mcp':
      return startMcp(configuration, logger);
    case 'chat':
      return (await import('../api/chat/main.ts')).startChat(await chatOptions(configuration, logger));
    default:
      return name satisfies never;
  }
}

/** The tool server itself knows no database: it is handed the store's answers. */
async function startMcp(configuration: RoleConfiguration, logger: Logger): Promise<RunningRole> {
  const { connect } = await import('../activities/store/connect.ts');
  const { partChecks } = await import('../api/health/part-checks.ts');
  const { readinessHandler } = await import('../api/health/readiness.ts');
  const { createHttpServer } = await import('../api/http/http-server.ts');
  const { requestLog } = await import('../api/http/request-log.ts');
  const { startMcpServer } = await import('../mcp-server/main.ts');
  const { storeTasks } = await import('../mcp-server/store-tasks.ts');
  const { storeAuthority, storeDirectory } = await import('../mcp-server/store-authority.ts');
  const database = connect(configuration.databaseUrl, {
    onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  const server = await startMcpServer({
    ...(await mcpOptions(configuration, logger)),
    authority: storeAuthority(database.db),
    directory: storeDirectory(database.db),
    tasks: storeTasks(database.db),
    readiness: readinessHandler(partChecks({ db: database.db }), { logger }),
    onRequest: requestLog({ logger, server: 'mcp' }),
    createServer: createHttpServer,
  });
  return {
    open: server.open,
    close: async () => {
      await server.close();
      await database.close();
    },
    withheld: server.withheldTools.map(({ name, reason }) => `${name} is off: ${reason}`),
  };
}
