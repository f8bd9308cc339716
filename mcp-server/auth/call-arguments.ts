import { callDigest } from '../../activities/store/call-digest.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

/** The arguments among the parameters of a call. */
export function argumentsOf(params: unknown): Record<string, unknown> {
  const given = typeof params === 'object' && params !== null && 'arguments' in params ? params.arguments : undefined;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : {};
}

/**
 * The digest that a call is judged and audited by.
 *
 * @throws {DomainError} `invalid_request` for arguments that programs read differently, so that there is none (RFC 8785)
 */
export function digestOfCall(server: string, tool: string, params: unknown): string {
  try {
    return callDigest({ server, tool, arguments: argumentsOf(params) });
  } catch {
    throw new DomainError(
      'invalid_request',
      'The arguments of a call hold a number that is too large or half of a surrogate pair. Send numbers that fit a double, and text that is Unicode.',
    );
  }
}
