import { pino, type DestinationStream, type Logger } from 'pino';
import { describeError } from '../describe-error.ts';
import { redact } from './redact.ts';

const boundSecrets = ['authorization', 'cookie', 'token', 'code', 'client_secret', 'arguments', 'password'] as const;

/** The log of a process: one JSON object a line, without credentials and arguments. */
export function createLogger(
  options: { level: string; base: Record<string, unknown> },
  destination?: DestinationStream,
): Logger {
  const configuration = {
    ...options,
    serializers: { err: describeError },
    formatters: { log: redactMembers },
    // What a child logger is bound to does not pass through the formatter.
    redact: { paths: [...boundSecrets], censor: '[redacted]' },
  };
  return destination === undefined ? pino(configuration) : pino(configuration, destination);
}

function redactMembers(members: Record<string, unknown>): Record<string, unknown> {
  return redact(members) as Record<string, unknown>;
}
