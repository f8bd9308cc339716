import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Logger } from 'pino';
import type { Db } from '../../activities/store/connect.ts';
import { httpListener } from '../../api/http/listen.ts';
import { observeFigures } from './observe-figures.ts';

/** The metrics of a process, at `/metrics` of a port of their own. */
export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Collects the metrics of this process and serves them to Prometheus on the loopback interface. To be started before
 * what it measures.
 *
 * @param options.database where the figures of the whole product are read; undefined where they are not to be shown
 */
export async function startMetrics(options: {
  port: number;
  database: (() => Db) | undefined;
  logger: Logger;
}): Promise<MetricsServer> {
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const provider = new MeterProvider({ readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  if (options.database !== undefined) {
    observeFigures(provider.getMeter('countersign'), { database: options.database, logger: options.logger });
  }
  const http = httpListener((request, response) => {
    const names = [`localhost:${http.port()}`, `127.0.0.1:${http.port()}`];
    // A page that rebinds its DNS name to us reads nothing (RULES 7).
    if (!names.includes(request.headers.host ?? '')) response.writeHead(421).end();
    else if (request.url !== '/metrics' || request.method !== 'GET') response.writeHead(404).end();
    else exporter.getMetricsRequestHandler(request, response);
  }, options.port);
  await http.open();
  return {
    port: http.port(),
    close: async () => {
      await http.close();
      metrics.disable();
      await provider.shutdown();
    },
  };
}
