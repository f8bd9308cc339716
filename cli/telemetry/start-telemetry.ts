import type { Logger } from 'pino';
import type { RoleConfiguration, RoleName } from '../role-configuration.ts';

/** What a process tells about itself besides its log; `stop` sends what is left. */
export interface Telemetry {
  stop(): Promise<void>;
}

/**
 * Starts traces and metrics where they are configured, before the roles that they watch. Their libraries are loaded only
 * then. The database's figures are shown by processes with the `api` role.
 */
export async function startTelemetry(
  names: readonly RoleName[],
  configuration: RoleConfiguration,
  logger: Logger,
): Promise<Telemetry> {
  const stops: (() => Promise<void>)[] = [];
  if (configuration.otlpEndpoint !== undefined) {
    const { startTraces } = await import('./traces.ts');
    stops.push(startTraces({ endpoint: configuration.otlpEndpoint, service: `countersign-${names.join('+')}` }));
  }
  if (configuration.metricsPort !== undefined) {
    stops.push(await metricsOf(names, configuration, configuration.metricsPort, logger));
  }
  return {
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}

async function metricsOf(
  names: readonly RoleName[],
  configuration: RoleConfiguration,
  port: number,
  logger: Logger,
): Promise<() => Promise<void>> {
  const { startMetrics } = await import('./metrics.ts');
  const { connect } = await import('../../activities/store/connect.ts');
  const database = names.includes('api')
    ? connect(configuration.databaseUrl, {
        max: 1,
        onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
      })
    : undefined;
  const server = await startMetrics({
    port,
    database: database === undefined ? undefined : () => database.db,
    logger,
  });
  logger.info({ port: server.port }, 'metrics are served');
  return async () => {
    await server.close();
    await database?.close();
  };
}
