import { CompactSign, compactVerify, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { DecisionStatement } from '../../workflows/domain/decision.ts';

/** `typ` of a decision statement, so that it can never pass as an access token (RFC 9068 section 2.1). */
const statementType = 'decision+jwt';

const statementSchema = z.strictObject({
  request: z.string(),
  digest: z.string(),
  verdict: z.enum(['approve', 'deny']),
  scopes: z.array(z.string()),
  approver: z.string(),
  kind: z.literal('self').optional(),
  auth_time: z.int().optional(),
  client: z.string().optional(),
  duration_seconds: z.int().positive().optional(),
  nonce: z.string(),
  iat: z.int(),
  exp: z.int(),
});

/** Signs a decision statement with the API's decision key (a private ES256 JWK with a `kid`). */
export async function signStatement(statement: DecisionStatement, privateJwk: JWK): Promise<string> {
  const key = await importJWK(privateJwk, 'ES256');
  return new CompactSign(new TextEncoder().encode(JSON.stringify(statement)))
    .setProtectedHeader({ alg: 'ES256', typ: statementType, kid: privateJwk.kid ?? '' })
    .sign(key);
}

/** Checks signature, type and shape. Whether it fits the request is `judgeStatement`'s matter. */
export type VerifyStatement = (jws: string) => Promise<DecisionStatement | undefined>;

/** Makes a verifier for the API's public decision key; anything that is not a good statement gives `undefined`. */
export async function createStatementVerifier(publicJwk: JWK): Promise<VerifyStatement> {
  const key = await importJWK(publicJwk, 'ES256');
  return async (jws) => {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['ES256'] });
      if (protectedHeader.typ !== statementType || protectedHeader.kid !== publicJwk.kid) return undefined;
      return statementSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    } catch {
      return undefined;
    }
  };
}
