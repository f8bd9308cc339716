import type { Logger } from 'pino';
import type { RoleConfiguration, RoleName } from '../role-configuration.ts';
import type { RunningRole } from '../role-protocol.ts';

/**
 * Starts the metrics of a process where a port is configured, before the roles that they measure; the libraries are
 * loaded only then. The database's figures are shown by processes with the `api` role.
 */
export async function startTelemetry(
  names: readonly RoleName[],
  configuration: RoleConfiguration,
  logger: Logger,
): Promise<RunningRole | undefined> {
  if (configuration.metricsPort === undefined) return undefined;
  const { startMetrics } = await import('./metrics.ts');
  const { connect } = await import('../../activities/store/connect.ts');
  const database = names.includes('api')
    ? connect(configuration.databaseUrl, {
        max: 1,
        onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
      })
    : undefined;
  const server = await startMetrics({
    port: configuration.metricsPort,
    database: database === undefined ? undefined : () => database.db,
    logger,
  });
  logger.info({ port: server.port }, 'metrics are served');
  return {
    open: () => Promise.resolve(),
    close: async () => {
      await server.close();
      await database?.close();
    },
  };
}
