import { z } from 'zod';
import { DomainError, type DomainErrorCode } from '../../workflows/domain/errors.ts';
import { StructuredFailure } from '../tools/tool-failure.ts';

/** What only these tools refuse with, beside the codes that the whole product has. */
type OwnCode =
  'missing_parameter' | 'invalid_parameter' | 'insufficient_clearance' | 'expired' | 'forbidden' | 'unknown_tool';

/** The product's codes that have a name of their own here (PRODUCT.md). */
const ownNames: Partial<Record<DomainErrorCode, OwnCode>> = {
  client_not_allowed: 'insufficient_clearance',
  forbidden_by_policy: 'forbidden',
  insufficient_scope: 'insufficient_clearance',
  request_expired: 'expired',
};

/** The envelope of every authorization tool: `data` of what succeeded, `error` and `code` of what did not. */
export function envelopeSchema(data: z.ZodObject) {
  return z.object({
    status: z.enum(['success', 'authorization_requested', 'error']),
    action: z.string(),
    data: data.optional(),
    error: z.string().optional(),
    /** Stable: what programs test. */
    code: z.string().optional(),
    request_id: z.string().optional(),
    timestamp: z.string(),
  });
}

/** An authorization tool refuses, with a code of its own. */
export class AuthorizationToolError extends Error {
  override readonly name = 'AuthorizationToolError';
  readonly code: OwnCode | DomainErrorCode;

  constructor(code: OwnCode | DomainErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The error envelope of what was thrown; undefined for what nobody expected. */
export function errorEnvelope(action: string, error: unknown, requestId: unknown): StructuredFailure | undefined {
  const told = tell(error);
  if (told === undefined) return undefined;
  return new StructuredFailure(told.message, {
    status: 'error',
    action,
    error: told.message,
    code: told.code,
    ...(typeof requestId === 'string' ? { request_id: requestId.slice(0, 128) } : {}),
    timestamp: new Date().toISOString(),
  });
}

function tell(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof AuthorizationToolError) return { code: error.code, message: error.message };
  if (!(error instanceof DomainError)) return undefined;
  if (error.code === 'not_found') return { code: error.code, message: 'Authorization request not found or expired' };
  if (error.code === 'already_decided' && endedAs(error) === 'expired')
    return { code: 'expired', message: error.message };
  return { code: ownNames[error.code] ?? error.code, message: error.message };
}

function endedAs({ details }: DomainError): unknown {
  return z.object({ status: z.string() }).safeParse(details['request']).data?.status;
}
