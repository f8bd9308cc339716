import { errors, type ClientMetadata } from 'oidc-provider';
import { authorizationErrors, type AuthorizationErrors } from '../../workflows/domain/authorization-errors.ts';
import { isFirstParty, mcpServerClientId } from '../../workflows/domain/clients.ts';
import { tokenExchangeGrant } from './clients.ts';
import { backgroundGrant, isRegisteredByOwner } from './registered-clients.ts';

/** Characters of JSON: anybody may register, and all of it is stored. */
const maxMetadataLength = 8 * 1024;
const maxRedirectUris = 10;
const maxUriLength = 2_000;
const maxNameLength = 200;

/** Schemes that a browser or the system acts on by itself, or that name nothing, instead of handing the answer to an app. */
const unownedSchemes: readonly string[] = [
  ...['about:', 'blob:', 'chrome:', 'data:', 'edge:', 'file:', 'filesystem:', 'ftp:', 'intent:', 'jar:', 'javascript:'],
  ...['ldap:', 'mailto:', 'ms-msdt:', 'resource:', 'search-ms:', 'search:', 'sms:', 'smb:', 'ssh:', 'tel:', 'telnet:'],
  ...['urn:', 'vbscript:', 'view-source:', 'ws:', 'wss:'],
];

/**
 * What the provider would fetch for a client, each time that it is looked up and for whoever names it. Nothing here needs
 * any of it: one kind of subject, public clients, no request objects.
 */
const fetchedForClient = ['sector_identifier_uri', 'jwks_uri', 'request_uris'] as const;

/** What a client may ask for at registration; scopes of the tools are asked for at each authorization instead. */
const registrableScopes: readonly string[] = ['openid', 'offline_access'];

/** The grants that there are for clients which register. */
const offeredGrants: readonly unknown[] = [
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  backgroundGrant,
];

/** Our own client metadata (RFC 7591 section 2): how the client wants to be told that it lacks a scope. */
export const authorizationErrorsProperty = 'countersign_authorization_errors';

/** Whether it is a value of {@link authorizationErrorsProperty}. */
export function isAuthorizationErrors(value: unknown): value is AuthorizationErrors {
  return authorizationErrors.some((known) => known === value);
}

/**
 * What a registration has to hold to, beyond RFC 7591: the provider calls it for every client before its own checks.
 * Scopes that are not known are left out, not refused: stock clients send all that a resource names.
 *
 * @throws {errors.InvalidClientMetadata} `invalid_redirect_uri` unless https, loopback (RFC 8252 section 7.3) or private-use (section 7.1)
 */
export function checkRegistration(metadata: ClientMetadata): void {
  if (isFirstParty(metadata.client_id) || metadata.client_id === mcpServerClientId) return;
  if (!isRegisteredByOwner(metadata) && [metadata.grant_types].flat().includes(backgroundGrant)) {
    throw new errors.InvalidClientMetadata(
      'grant_types cannot name background requests: the owner registers such a client',
    );
  }
  for (const property of fetchedForClient) delete metadata[property];
  // Of people; nobody here writes to them.
  delete metadata.contacts;
  if (JSON.stringify(metadata).length > maxMetadataLength) {
    throw new errors.InvalidClientMetadata(`the metadata are longer than ${maxMetadataLength} characters`);
  }
  const { redirect_uris: uris = [], client_name: name, grant_types: grantTypes } = metadata;
  if (Array.isArray(grantTypes) && grantTypes.includes(tokenExchangeGrant)) {
    throw new errors.InvalidClientMetadata('grant_types cannot name token exchange');
  }
  if (Array.isArray(grantTypes) && !grantTypes.includes('authorization_code') && isEmpty(uris)) {
    // A client without a browser has no addresses; that the grants say so is enough.
    metadata.response_types = [];
  }
  // Beside one that there is, others are left out as RFC 7591 lets a server do: VS Code names all that it knows.
  if (Array.isArray(grantTypes) && grantTypes.includes('authorization_code')) {
    metadata.grant_types = grantTypes.filter((grant) => offeredGrants.includes(grant));
  }
  const errorsMode = metadata[authorizationErrorsProperty];
  if (errorsMode !== undefined && !isAuthorizationErrors(errorsMode)) {
    throw new errors.InvalidClientMetadata(`${authorizationErrorsProperty} must be challenge or in_band`);
  }
  if (typeof name === 'string' && name.length > maxNameLength) {
    throw new errors.InvalidClientMetadata(`client_name is longer than ${maxNameLength} characters`);
  }
  if (Array.isArray(uris)) {
    if (uris.length > maxRedirectUris) {
      throw refusedAddress(`must not be more than ${maxRedirectUris}`);
    }
    for (const uri of uris) checkRedirectUri(uri);
    // Only native clients may use loopback and private-use addresses (OpenID Connect Registration section 2).
    metadata.application_type = uris.every((uri) => String(uri).startsWith('https:')) ? 'web' : 'native';
  }
  const known = String(metadata.scope ?? '')
    .split(' ')
    .filter((scope) => registrableScopes.includes(scope));
  if (known.length > 0) metadata.scope = known.join(' ');
  else delete metadata.scope;
}

function isEmpty(uris: unknown): boolean {
  return Array.isArray(uris) && uris.length === 0;
}

function checkRedirectUri(uri: unknown): void {
  // The parser forgives spaces and line breaks, which then stand in what is stored.
  const parses = typeof uri === 'string' && uri.length <= maxUriLength && !/[\s\p{Cc}]/u.test(uri);
  const url = parses ? URL.parse(uri) : null;
  if (url === null) throw refusedAddress(`must be addresses of at most ${maxUriLength} characters without spaces`);
  if (url.username !== '' || url.password !== '') throw refusedAddress('must have no name or password in them');
  if (unownedSchemes.includes(url.protocol)) throw refusedAddress(`cannot be ${url.protocol} addresses`);
}

/** The provider makes this `invalid_redirect_uri` by its first word; its own error of that name has a fixed text. */
function refusedAddress(why: string): errors.InvalidClientMetadata {
  return new errors.InvalidClientMetadata(`redirect_uris ${why}`);
}
