import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessTokenVerifier, KeysUnavailable, TokenRefused } from '../../mcp-server/auth/verify-access-token.ts';
import { remoteKeys } from '../../mcp-server/remote/remote-keys.ts';

const issuer = 'http://localhost:1';
const resource = 'http://localhost:2/mcp';
let signing: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: JWK[];
let http: Server;
let jwksUri: URL;
/** How the key endpoint answers, and how often it was asked. */
let status: number;
let asked: number;

beforeAll(async () => {
  signing = await generateKeyPair('ES256');
  const other = await generateKeyPair('ES256');
  const published = { alg: 'ES256', use: 'sig' };
  jwks = [
    { ...(await exportJWK(signing.publicKey)), ...published, kid: 'one' },
    { ...(await exportJWK(other.publicKey)), ...published, kid: 'two' },
  ];
  http = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: jwks }));
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  jwksUri = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`);
});
beforeEach(() => {
  status = 200;
  asked = 0;
});
afterAll(() => {
  http.close();
});

const verifier = () =>
  accessTokenVerifier({
    issuer,
    resource,
    keys: remoteKeys(async () => ({ jwksUri, introspectionEndpoint: jwksUri })),
  });

async function token(kid: unknown): Promise<string> {
  const header = { alg: 'ES256', typ: 'at+jwt', ...(kid === undefined ? {} : { kid: kid as string }) };
  return new SignJWT({ client_id: 'c', scope: 'none', jti: 'j' })
    .setProtectedHeader(header)
    .setIssuer(issuer)
    .setAudience(resource)
    .setSubject('s')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(signing.privateKey);
}

describe('a token that no published key signed is refused, and not taken for an outage', () => {
  it.each([
    ['no key id', undefined],
    ['a key id that is no text', 1],
    ['an empty key id', ''],
  ])('with %s, without asking for keys', async (_, kid) => {
    await expect(verifier()(await token(kid))).rejects.toThrow(TokenRefused);
    expect(asked).toBe(0);
  });

  it.each([
    ['an unknown key', 'three'],
    ['the id of another key', 'two'],
  ])('with %s', async (_, kid) => {
    await expect(verifier()(await token(kid))).rejects.toThrow(TokenRefused);
  });
});

it('takes a token of a published key', async () => {
  expect(await verifier()(await token('one'))).toMatchObject({ subject: 's' });
});

it('says that nothing can be said while the keys cannot be fetched', async () => {
  status = 500;
  await expect(verifier()(await token('one'))).rejects.toThrow(KeysUnavailable);
});
