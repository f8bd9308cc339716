import { z } from 'zod';

/** Where the authorization server's endpoints are (RFC 8414). */
export interface AuthServer {
  jwksUri: URL;
  introspectionEndpoint: URL;
}

const metadataSchema = z.object({ issuer: z.string(), jwks_uri: z.url(), introspection_endpoint: z.url() });
const answeredWithinMs = 5_000;

/**
 * A function that finds the authorization server's endpoints by its metadata, once: a failed attempt is made again at the
 * next call.
 */
export function authServer(issuer: string): () => Promise<AuthServer> {
  let found: Promise<AuthServer> | undefined;
  return () => {
    found ??= discover(issuer).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

async function discover(issuer: string): Promise<AuthServer> {
  const response = await fetch(new URL('/.well-known/oauth-authorization-server', issuer), {
    signal: AbortSignal.timeout(answeredWithinMs),
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`The metadata of ${issuer} was answered with ${response.status}.`);
  const metadata = metadataSchema.parse(await response.json());
  // RFC 8414 section 3.3: else somebody else's server could stand in.
  if (metadata.issuer !== issuer) throw new Error(`The server at ${issuer} calls itself another issuer.`);
  return { jwksUri: new URL(metadata.jwks_uri), introspectionEndpoint: new URL(metadata.introspection_endpoint) };
}
