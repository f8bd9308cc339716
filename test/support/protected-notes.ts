import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { expect } from 'vitest';
import type { TestAuthServer } from './auth-server.ts';
import { newDpopKey, type DpopKey } from './dpop.ts';
import { thirdPartyClients } from './third-party-clients.ts';

/** An answer of somebody else's MCP server. */
export interface NotesAnswer {
  status: number;
  headers: Headers;
  /** The JSON-RPC result, or the whole body of a refusal. */
  body: Record<string, unknown>;
}

/** Speaks with a protected notes server as a client of somebody's: whatever language the server is written in. */
export function notesClient(server: TestAuthServer, resource: string) {
  const clients = thirdPartyClients(server);
  const email = 'user@example.com';

  async function rpc(
    method: string,
    params: object,
    token?: string,
    headers: Record<string, string> = {},
  ): Promise<NotesAnswer> {
    const response = await fetch(resource, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const text = await response.text();
    // A legacy answer is a stream of one event.
    const data = /^data: (\{.*\})\s*$/m.exec(text)?.[1] ?? text;
    const parsed = JSON.parse(data === '' ? '{}' : data) as Record<string, unknown>;
    const body = typeof parsed['result'] === 'object' ? { ...parsed['result'] } : parsed;
    return { status: response.status, headers: response.headers, body };
  }

  const addNote = (token?: string, headers: Record<string, string> = {}) =>
    rpc('tools/call', { name: 'add_note', arguments: { text: 'hello' } }, token, headers);

  /** A client of somebody who holds these scopes through it, with a token for `audience`. */
  async function connected(scopes: readonly string[] = [], audience = resource) {
    const client = await clients.newClient();
    const { client_id: clientId } = client.clientMetadata();
    const grantId = scopes.length === 0 ? '' : await server.grant({ email, clientId, scopes: [...scopes] });
    const scope = ['none', ...scopes].join(' ');
    const { tokens } = await clients.connect(email, client, { resource: audience, scope });
    return { clientId, client, grantId, token: tokens.access_token };
  }

  /** Somebody has just denied this client the scope. */
  async function deny(clientId: string, scope: string, reason: string): Promise<void> {
    const id = randomUUID();
    await server.ownerDb
      .insertInto('scope_requests')
      .values({
        ...{ request_id: `req_${id}`, subject: await server.subjectOf(email), client_id: clientId, session_id: null },
        ...{ scopes: [scope], tool_name: null, tool_args: null, justification: null, digest: id, dedupe_key: id },
      })
      .execute();
    const decided_by = await server.subjectOf('admin@example.com');
    await server.ownerDb
      .updateTable('scope_requests')
      .set({ status: 'denied', decided_by, decided_at: new Date(), decision_note: reason })
      .where('request_id', '=', `req_${id}`)
      .execute();
  }

  /** An admin has said that this client gets its refusals in the results of tools. */
  async function answerInBand(clientId: string): Promise<void> {
    await server.ownerDb
      .insertInto('client_states')
      .values({
        ...{ client_id: clientId, name: null, blocked_at: null, blocked_by: null, block_reason: null },
        authorization_errors: 'in_band',
      })
      .execute();
  }

  /** A client whose token is bound to its key (RFC 9449). */
  async function bound(scope: string): Promise<{ key: DpopKey; token: string }> {
    const key = await newDpopKey();
    const client = await clients.newClient();
    await server.grant({ email, clientId: client.clientMetadata().client_id, scopes: [scope] });
    const DPoP = key.handleOf(client);
    const { tokens } = await clients.connect(email, client, { resource, scope: `none ${scope}` }, DPoP);
    return { key, token: tokens.access_token };
  }

  const audited = (type: string) =>
    server.db.selectFrom('audit_events').selectAll().where('type', '=', type).orderBy('position', 'desc').execute();

  /** The challenge of a refusal (RFC 6750 section 3). */
  const challengeOf = ({ headers }: NotesAnswer): Record<string, string> =>
    Object.fromEntries(
      [...(headers.get('www-authenticate') ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [
        name,
        value ?? '',
      ]),
    );

  async function expectMetadata(): Promise<void> {
    const refused = await addNote();
    expect(refused.status).toBe(401);
    const { resource_metadata: address = '' } = challengeOf(refused);
    const metadata = (await (await fetch(address)).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({ resource, authorization_servers: [server.issuer] });
  }

  /** The status of a request that names another host. */
  function statusFor(host: string): Promise<number | undefined> {
    const { port, pathname } = new URL(resource);
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: pathname, method: 'POST', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
  }

  return {
    email,
    clients,
    rpc,
    addNote,
    connected,
    bound,
    deny,
    answerInBand,
    audited,
    challengeOf,
    expectMetadata,
    statusFor,
  };
}
