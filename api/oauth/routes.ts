/** Where the provider's endpoints are; clients find them through its metadata (RFC 8414). */
export const oauthRoutes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  revocation: '/oauth/revoke',
  registration: '/oauth/register',
  jwks: '/oauth/jwks',
  device_authorization: '/oauth/device-authorization',
  backchannel_authentication: '/oauth/background-requests',
  // People type it.
  code_verification: '/device',
} as const;

/** Token introspection (RFC 7662), which is ours: the provider keeps no access tokens to look up. */
export const introspectionRoute = '/oauth/introspect';

/** Whether a path is the provider's, which reads its own bodies and answers OAuth errors. */
export function isProviderPath(path: string): boolean {
  if (path === oauthRoutes.code_verification || path.startsWith(`${oauthRoutes.code_verification}/`)) return true;
  return path.startsWith('/oauth/') || path.startsWith('/.well-known/');
}
