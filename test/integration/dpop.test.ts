import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInWith, testBrowser } from '../support/browser.ts';
import { newDpopKey, type DpopKey } from '../support/dpop.ts';
import { stayingSignedIn, thirdPartyClients, type ThirdPartyClients } from '../support/third-party-clients.ts';
import { startToolsOf, type ToolsOf } from '../support/tools-of.ts';

const person = 'user@example.com';
let server: TestAuthServer;
let clients: ThirdPartyClients;
let tools: ToolsOf;

beforeAll(async () => {
  server = await startAuthServer();
  clients = thirdPartyClients(server);
  tools = await startToolsOf(server);
});
afterAll(async () => {
  await tools.stop();
  await server.stop();
});

/** A client whose tokens are bound to its key, with a scope that it holds. */
async function connected() {
  const key = await newDpopKey();
  const client = await clients.newClient();
  const { client_id: clientId } = client.clientMetadata();
  await server.grant({ email: person, clientId, scopes: ['read:files'] });
  const DPoP = key.handleOf(client);
  const { tokens } = await clients.connect(person, client, stayingSignedIn, DPoP);
  return { key, client, DPoP, tokens, token: tokens.access_token };
}

function call(token: string, proof: string | undefined, scheme = 'DPoP'): Promise<Response> {
  const headers = { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) };
  return tools.call(token, 'list_files', headers);
}

const proofFor = (key: DpopKey, token: string): Promise<string> => key.proof({ url: server.mcpResource, token });

describe('a token that is bound to a key', () => {
  test('is given to who offers it, elevated ones by the mint too, and opens the tools with a proof', async () => {
    const { key, token, tokens } = await connected();
    expect(tokens.token_type).toBe('dpop');
    expect(decodeJwt(token)).toMatchObject({ scope: 'none read:files', cnf: { jkt: key.jkt } });
    const response = await call(token, await proofFor(key, token));
    expect([response.status, await response.text()]).toMatchObject([200, expect.stringContaining('result')]);
  });

  test('is nothing as a bare Bearer, without a proof, with a used one, or with another key’s', async () => {
    const { key, token } = await connected();
    const thief = await newDpopKey();
    const used = await proofFor(key, token);
    expect((await call(token, used)).status).toBe(200);
    const refused: [string | undefined, string][] = [
      [undefined, 'Bearer'],
      [await proofFor(key, token), 'Bearer'],
      [undefined, 'DPoP'],
      [used, 'DPoP'],
      [await proofFor(thief, token), 'DPoP'],
      [await key.proof({ url: `${server.issuer}/api`, token }), 'DPoP'],
      [await key.proof({ method: 'GET', url: server.mcpResource, token }), 'DPoP'],
      [`${await proofFor(key, token)}, ${await proofFor(key, token)}`, 'DPoP'],
    ];
    for (const [proof, scheme] of refused) {
      const response = await call(token, proof, scheme);
      expect(response.status).toBe(401);
      const challenge = response.headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(scheme === 'DPoP' ? /^DPoP error="invalid_token".*algs="ES256 / : /^Bearer /);
      expect(challenge).toContain('resource_metadata=');
    }
  });

  test('meets a missing scope in its own scheme, with the algorithms that are taken', async () => {
    const { key, token } = await connected();
    const headers = { authorization: `DPoP ${token}`, dpop: await proofFor(key, token) };
    const response = await tools.call(token, 'list_users', headers);
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(/^DPoP (?=.*error="insufficient_scope")(?=.*scope=")(?=.*algs="ES256 Ed25519 EdDSA")/);
    expect(challenge).not.toContain('Bearer');
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
  });

  test('is renewed with a proof of the same key only', async () => {
    const { client, DPoP, tokens, key } = await connected();
    const refreshToken = tokens.refresh_token ?? '';
    const parameters = { resource: server.mcpResource };
    await expect(oauth.refreshTokenGrant(client, refreshToken, parameters)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const thief = await newDpopKey();
    const theirs = thief.handleOf(client);
    await expect(oauth.refreshTokenGrant(client, refreshToken, parameters, { DPoP: theirs })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const renewed = await oauth.refreshTokenGrant(client, refreshToken, parameters, { DPoP });
    expect(decodeJwt(renewed.access_token)).toMatchObject({ cnf: { jkt: key.jkt } });
  });

  test('ends with its sign-in like any other', async () => {
    const { client, tokens, key, token } = await connected();
    await oauth.tokenRevocation(client, tokens.refresh_token ?? '');
    expect((await call(token, await proofFor(key, token))).status).toBe(401);
  });
});

test('a token that is bound to no key is no DPoP token', async () => {
  const { tokens } = await clients.connect(person, await clients.newClient());
  const key = await newDpopKey();
  expect((await call(tokens.access_token, await proofFor(key, tokens.access_token))).status).toBe(401);
  expect((await tools.call(tokens.access_token, 'get_server_info')).status).toBe(200);
});

test('the API takes it with a proof for its own address', async () => {
  const { client, DPoP, key } = await connected();
  const browser = testBrowser();
  await signInWith(browser, server.issuer, person);
  const resource = `${server.issuer}/api`;
  const { address, checks } = await clients.begin(client, { resource, scope: 'none' });
  const callback = new URL((await browser.follow(address.href)).headers.get('location') ?? '');
  const { access_token: token } = await oauth.authorizationCodeGrant(client, callback, checks, { resource }, { DPoP });
  const url = `${resource}/user-status`;
  const ask = async (proof: string | undefined, scheme = 'DPoP'): Promise<number> => {
    const headers = { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) };
    const response = await fetch(`${url}?x=1`, { headers });
    const challenge = scheme === 'DPoP' ? 'DPoP algs="ES256 Ed25519 EdDSA"' : 'Bearer';
    expect(response.headers.get('www-authenticate')).toBe(response.status === 401 ? challenge : null);
    return response.status;
  };
  const good = await key.proof({ method: 'GET', url, token });
  expect(await ask(good)).toBe(200);
  expect(await ask(good)).toBe(401);
  expect(await ask(await key.proof({ method: 'GET', url: `${resource}/events`, token }))).toBe(401);
  expect(await ask(undefined)).toBe(401);
  expect(await ask(undefined, 'Bearer')).toBe(401);
});

test('what is supported stands in the metadata of both', async () => {
  const algorithms = ['ES256', 'Ed25519', 'EdDSA'];
  const authServer = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
  expect(await authServer.json()).toMatchObject({ dpop_signing_alg_values_supported: algorithms });
  // No proof needs a nonce, so none is promised.
  const exposed = authServer.headers.get('access-control-expose-headers');
  expect(exposed).toContain('WWW-Authenticate');
  expect(exposed).not.toMatch(/nonce/i);
  const resource = await fetch(`${new URL(tools.url).origin}/.well-known/oauth-protected-resource/mcp`);
  expect(await resource.json()).toMatchObject({
    dpop_signing_alg_values_supported: algorithms,
    dpop_bound_access_tokens_required: false,
  });
});
