import { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { createLogger } from '../../cli/telemetry/create-logger.ts';

/** The product's log, kept in memory, with every entry as the log has it. */
export interface KeptLog {
  logger: Logger;
  entries: Record<string, unknown>[];
}

/** A log at `debug` that a test can read. */
export function keptLog(): KeptLog {
  const entries: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString('utf8').split('\n')) {
        if (line !== '') entries.push(JSON.parse(line) as Record<string, unknown>);
      }
      done();
    },
  });
  return { logger: createLogger({ level: 'debug', base: {} }, sink), entries };
}
