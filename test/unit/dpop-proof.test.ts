import { exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { dpopProofs, presentedToken } from '../../activities/tokens/dpop-proof.ts';
import { newDpopKey, type DpopKey } from '../support/dpop.ts';

const request = { method: 'POST', url: 'http://localhost:8001/mcp', token: 'a.b.c' };
let key: DpopKey;
let other: DpopKey;

beforeAll(async () => {
  key = await newDpopKey();
  other = await newDpopKey();
});

const check = (proof: string | readonly string[] | undefined, jkt = key.jkt) =>
  dpopProofs()(proof, { ...request, jkt });

describe('a proof', () => {
  test('of the very key, method, address and token is good, once', async () => {
    const checkProof = dpopProofs();
    const proof = await key.proof(request);
    await checkProof(proof, { ...request, jkt: key.jkt });
    await expect(checkProof(proof, { ...request, jkt: key.jkt })).rejects.toThrow('used before');
    await checkProof(await key.proof(request), { ...request, jkt: key.jkt });
  });

  test('may leave query and fragment of the address out, and spell it in another way', async () => {
    for (const url of ['http://LOCALHOST:8001/mcp?x=1#y', 'http://localhost:8001/./mcp']) {
      await check(await key.proof({ ...request, url }));
    }
  });

  test.each([
    ['none', undefined],
    ['two', ['a', 'b']],
    ['no JWT', 'nothing'],
    ['a very long one', 'x'.repeat(5_000)],
  ])('%s is none', async (_name, proof) => {
    await expect(check(proof)).rejects.toMatchObject({ name: 'ProofRefused' });
  });

  test.each<[string, Record<string, unknown>]>([
    ['another method', { htm: 'GET' }],
    ['another address', { htu: 'http://localhost:8002/api' }],
    ['another path', { htu: 'http://localhost:8001/mcp/other' }],
    ['no address', { htu: 'mcp' }],
    ['another token', { ath: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg' }],
    ['no token', { ath: undefined }],
    ['no id', { jti: undefined }],
    ['an id that is a number', { jti: 7 }],
    ['an old time', { iat: Math.floor(Date.now() / 1_000) - 90 }],
    ['a time to come', { iat: Math.floor(Date.now() / 1_000) + 90 }],
    ['no time', { iat: undefined }],
    ['an end that has passed', { exp: Math.floor(Date.now() / 1_000) - 90 }],
  ])('for %s is refused', async (_name, claims) => {
    await expect(check(await key.proof(request, { claims }))).rejects.toMatchObject({ name: 'ProofRefused' });
  });

  test('of another key, with another key in it than it is signed by, of another type or algorithm is refused', async () => {
    await expect(check(await other.proof(request))).rejects.toThrow('another key');
    await expect(check(await key.proof(request, { key: other.privateKey }))).rejects.toMatchObject({
      name: 'ProofRefused',
    });
    await expect(check(await key.proof(request, { header: { typ: 'JWT' } }))).rejects.toThrow('not one');
    await expect(check(await key.proof(request, { header: { jwk: undefined } }))).rejects.toThrow('not one');
    const rsa = await generateKeyPair('RS256', { extractable: true });
    const header = { alg: 'RS256', jwk: await exportJWK(rsa.publicKey) };
    await expect(check(await key.proof(request, { header, key: rsa.privateKey }))).rejects.toThrow('not one');
    const secret = { jwk: { ...key.jwk, ...(await exportJWK(key.privateKey)) } };
    await expect(check(await key.proof(request, { header: secret }))).rejects.toThrow('not one');
    const unsigned = `${Buffer.from('{"alg":"none","typ":"dpop+jwt"}').toString('base64url')}.e30.`;
    await expect(check(unsigned)).rejects.toThrow('not one');
  });
});

test('a token is presented in either scheme, in any case, and in no other', () => {
  expect(presentedToken('Bearer a.b.c')).toEqual({ scheme: 'Bearer', token: 'a.b.c' });
  expect(presentedToken('dpop a.b.c')).toEqual({ scheme: 'DPoP', token: 'a.b.c' });
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic a', 'Bearer a b', 'xBearer a']) {
    expect(presentedToken(header)).toBeUndefined();
  }
});
