import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

/** An authorization server that says of tokens what a test wants. */
export interface ScriptedIssuer {
  issuer: string;
  /** What it answers to the next questions about tokens, in turn. */
  answers: object[];
  /** How often it was asked about a token. */
  asked(): number;
  /** A token that its key signed, or another. */
  token(claims: object, header?: object, key?: CryptoKey): Promise<string>;
  stop(): void;
}

/** Starts {@link ScriptedIssuer} for tokens of one resource. */
export async function scriptedIssuer(resource: string): Promise<ScriptedIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' };
  const answers: object[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    const answerOf = (): unknown => {
      if (request.url === '/.well-known/oauth-authorization-server') return { issuer, jwks_uri: `${issuer}/jwks` };
      if (request.url === '/jwks') return { keys: [jwk] };
      asked += 1;
      return answers.shift();
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answerOf()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    answers,
    asked: () => asked,
    token: (claims, header = {}, key = privateKey) =>
      new SignJWT({ iss: issuer, aud: resource, sub: 's', exp: Math.floor(Date.now() / 1_000) + 300, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header })
        .sign(key),
    stop: () => {
      server.close();
    },
  };
}
