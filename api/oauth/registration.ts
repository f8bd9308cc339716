import { errors, type ClientMetadata } from 'oidc-provider';
import { isFirstParty } from './clients.ts';

const maxRedirectUris = 10;
const maxUriLength = 2_000;
const maxNameLength = 200;

/** Schemes that a browser runs, reads or shows by itself instead of handing the answer to an app. */
const browserSchemes: readonly string[] = [
  ...['about:', 'blob:', 'data:', 'file:', 'filesystem:', 'ftp:', 'intent:', 'javascript:', 'mailto:', 'vbscript:'],
  ...['view-source:', 'ws:', 'wss:'],
];

/** What a client may ask for at registration; scopes of the tools are asked for at each authorization instead. */
const registrableScopes: readonly string[] = ['openid', 'offline_access'];

/**
 * What a registration has to hold to, beyond RFC 7591: the provider calls it for every client before its own checks.
 * Scopes that are not known are left out, not refused: stock clients send all that a resource names.
 *
 * @throws {errors.InvalidRedirectUri} unless https, loopback (RFC 8252 section 7.3) or private-use (section 7.1)
 */
export function checkRegistration(metadata: ClientMetadata): void {
  if (isFirstParty(metadata.client_id)) return;
  const { redirect_uris: uris = [], client_name: name } = metadata;
  if (typeof name === 'string' && name.length > maxNameLength) {
    throw new errors.InvalidClientMetadata(`client_name is longer than ${maxNameLength} characters`);
  }
  if (Array.isArray(uris)) {
    if (uris.length > maxRedirectUris) {
      throw new errors.InvalidRedirectUri(`there are more than ${maxRedirectUris} redirect_uris`);
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

function checkRedirectUri(uri: unknown): void {
  const url = typeof uri === 'string' && uri.length <= maxUriLength ? URL.parse(uri) : null;
  if (url === null) throw new errors.InvalidRedirectUri('a redirect_uri is not an address');
  if (url.username !== '' || url.password !== '') {
    throw new errors.InvalidRedirectUri('a redirect_uri has a name or a password in it');
  }
  if (browserSchemes.includes(url.protocol)) {
    throw new errors.InvalidRedirectUri(`redirect_uris cannot be ${url.protocol} addresses`);
  }
}
