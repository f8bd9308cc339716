import { DomainError } from '../../workflows/domain/errors.ts';

/** What a confidential client authenticates with. */
export interface ClientCredentials {
  clientId: string;
  secret: string;
}

/**
 * Reads `client_secret_basic` or `client_secret_post` (RFC 6749 section 2.3.1).
 *
 * @throws {DomainError} `invalid_request` when both are used; `invalid_credentials` when neither can be read.
 */
export function readClientCredentials(
  authorization: string | undefined,
  body: Readonly<Record<string, unknown>>,
): ClientCredentials {
  const credentials = givenCredentials(authorization, body);
  // Nothing that was issued has them, and the database stores no text with a NUL.
  if (/\p{Cc}/u.test(credentials.clientId + credentials.secret)) throw refused();
  return credentials;
}

function givenCredentials(
  authorization: string | undefined,
  body: Readonly<Record<string, unknown>>,
): ClientCredentials {
  const { client_id: clientId, client_secret: secret } = body;
  if (authorization !== undefined) {
    if (secret !== undefined) {
      throw new DomainError('invalid_request', 'use one way to authenticate: either Basic or client_secret');
    }
    const credentials = fromBasic(authorization);
    if (clientId !== undefined && clientId !== credentials.clientId) throw refused();
    return credentials;
  }
  if (typeof clientId !== 'string' || typeof secret !== 'string') throw refused();
  return { clientId, secret };
}

function fromBasic(authorization: string): ClientCredentials {
  const [, encoded] = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim()) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw refused();
  try {
    const [clientId, secret] = [text.slice(0, colon), text.slice(colon + 1)].map(formDecoded);
    return { clientId: clientId ?? '', secret: secret ?? '' };
  } catch {
    throw refused();
  }
}

/** Both halves are form-encoded before they are joined. */
function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** The answer to whoever is no resource server of ours. */
export function refused(): DomainError {
  return new DomainError(
    'invalid_credentials',
    'authenticate with the id and secret that countersign resource-server add printed',
  );
}
