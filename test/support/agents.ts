import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport, type CallToolResult } from '@modelcontextprotocol/client';
import { importJWK, SignJWT } from 'jose';
import { isSignInAlive } from '../../activities/store/client-sign-ins.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { signInAtClient } from './client-sign-in.ts';
import type { Product } from './product.ts';

/** An MCP client of somebody else's, registered here, and the person it acts for. */
export interface Agent {
  clientId: string;
  /** Calls a tool; a 403 is thrown as the SDK's `InsufficientScopeError`. */
  call(name: string, args?: Record<string, unknown>): Promise<CallToolResult>;
  /** The token it calls the tools with: a base token, which carries no power. */
  token(): Promise<string>;
}

/** Registers a client with {@link Product}'s auth server. @returns its id */
export async function registerAgent(issuer: string, metadata: Record<string, unknown> = {}): Promise<string> {
  const response = await fetch(`${issuer}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'An agent', redirect_uris: ['http://127.0.0.1:9123/callback'], ...metadata }),
  });
  const answer = (await response.json()) as { client_id?: string };
  if (answer.client_id === undefined) throw new Error(JSON.stringify(answer));
  return answer.client_id;
}

/** An agent of that client, acting for that person, who consents to it and signs in. */
export function agentOf(product: Product, clientId: string, email: string): Agent {
  let sid: string | undefined;
  const token = async (): Promise<string> => {
    const { subject } = await product.ownerDb
      .selectFrom('people')
      .select('subject')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    if (!isFirstParty(clientId)) sid = await livingSignIn(product, { subject, clientId }, sid);
    return new SignJWT({ client_id: clientId, scope: 'none', ...(sid === undefined ? {} : { sid }) })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: product.baseKey.kid ?? '' })
      .setIssuer(product.issuer)
      .setAudience(product.mcpResource)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importJWK(product.baseKey, 'ES256'));
  };
  return {
    clientId,
    token,
    call: async (name, args = {}) => {
      const client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      const transport = new StreamableHTTPClientTransport(new URL(product.mcpResource), {
        authProvider: { token },
        onInsufficientScope: 'throw',
      });
      await client.connect(transport);
      try {
        return await client.callTool({ name, arguments: args });
      } finally {
        await client.close();
      }
    },
  };
}

/** The sign-in they have, or where that is over, as after a disconnect, a new one. */
async function livingSignIn(
  { ownerDb }: Product,
  of: { subject: string; clientId: string },
  had: string | undefined,
): Promise<string> {
  return had !== undefined && (await isSignInAlive(ownerDb, { ...of, signIn: had }))
    ? had
    : signInAtClient(ownerDb, of);
}
