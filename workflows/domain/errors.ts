/** Every stable error code of the product; the HTTP, OAuth and MCP edges translate from this one list. */
export const domainErrorCodes = [
  'already_decided',
  'client_blocked',
  'client_not_allowed',
  'confirmation_required',
  'cross_site_request',
  'demo_mode_off',
  'duration_too_long',
  'first_party_client',
  'forbidden_by_policy',
  'grants_frozen',
  'headers_too_large',
  'fresh_sign_in_required',
  'identity_mismatch',
  'insufficient_scope',
  'internal_error',
  'invalid_credentials',
  'invalid_request',
  'justification_required',
  'last_admin',
  'method_not_allowed',
  'not_admin',
  'not_alike',
  'not_approver',
  'not_auditor',
  'not_found',
  'not_holder',
  'not_signed_in',
  'own_account',
  'own_request',
  'payload_too_large',
  'rate_limited',
  'request_expired',
  'request_timeout',
  'self_approval',
  'statement_invalid',
  'temporarily_unavailable',
  'turn_in_progress',
  'unknown_role',
  'unknown_scope',
  'unsupported_media_type',
  'wrong_host',
] as const;

/** One of {@link domainErrorCodes}. */
export type DomainErrorCode = (typeof domainErrorCodes)[number];

/**
 * An expected refusal or failure, told apart by its stable {@link DomainErrorCode}.
 *
 * `message` is shown to people: it says what to do next and never holds a secret, a token or another person's data.
 * `details` are merged into the problem document (RFC 9457 extension members).
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: DomainErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: DomainErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
