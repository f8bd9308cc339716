import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { pino } from 'pino';
import type { AuditEntry } from '../../activities/store/audit.ts';
import { policyRules } from '../../mcp-server/policy-rules.ts';
import type { AuthorizationApi } from '../../mcp-server/authorization/ports.ts';
import { startMcpServer } from '../../mcp-server/main.ts';
import type { RunningMcpServer, TrustedKey } from '../../mcp-server/options.ts';
import type { CallEntry, CoolDown, KnownPerson, LiveScope, Standing, OwnAuthority } from '../../mcp-server/ports.ts';
import type { Policy, ScopePolicy } from '../../workflows/domain/policy.ts';

export const testIssuer = 'http://localhost:8002';
export const testResource = 'http://localhost:8001/mcp';

export const testPeople: readonly (KnownPerson & { roles: readonly string[] })[] = [
  { subject: 'usr_dev', email: 'demo@example.com', roles: ['developer'], disabled: false },
  { subject: 'usr_admin', email: 'admin@example.com', roles: ['admin', 'developer'], disabled: false },
  { subject: 'usr_gone', email: 'gone@example.com', roles: ['user'], disabled: true },
];

/** The policy in memory, like the shipped one as far as the tools go. */
export function testPolicy(changes: Partial<Policy> = {}): Policy {
  const scope = (
    risk: ScopePolicy['risk'],
    grantedAtOnceTo: string[],
    otherwise: ScopePolicy['otherwise'],
  ): ScopePolicy => ({
    description: `about ${risk}`,
    risk,
    resource: 'mcp',
    grantedAtOnceTo,
    otherwise,
    approverRoles: ['admin'],
    justification: 'optional',
    requestTtlMs: 86_400_000,
    grantTtlMs: 3_600_000,
    maxGrantTtlMs: 28_800_000,
    binding: 'account+client',
  });
  return {
    version: 'test',
    scopes: {
      none: scope('none', ['everyone'], 'forbidden'),
      'read:files': scope('low', ['developer'], 'admin'),
      'execute:commands': scope('critical', ['admin'], 'admin'),
      'admin:users': scope('critical', [], 'admin'),
      'approve:requests': { ...scope('high', [], 'self'), resource: 'api' },
    },
    tools: {
      get_server_info: { scope: 'none' },
      health_check: { scope: 'none' },
      list_tool_scopes: { scope: 'none' },
      list_files: { scope: 'read:files' },
      execute_command: { scope: 'execute:commands' },
      list_users: { scope: 'admin:users' },
      delete_user_data: { scope: 'admin:users', securityLevel: 'HIGH', hosted: false },
    },
    deny: [],
    ...changes,
  };
}

/** An authority in memory whose answers a test can change between calls. */
export class TestAuthority implements OwnAuthority {
  livePolicy = testPolicy();
  readonly people = new Map(testPeople.map((person) => [person.subject, person]));
  /** By `jti`. */
  readonly live = new Map<string, LiveScope[]>();
  /** The answer that everybody was given just now. */
  cooling: CoolDown | undefined;
  /** What every client holds; undefined while they are challenged instead. */
  inBand: Standing['inBand'];
  readonly entries: AuditEntry[] = [];
  /** The functions that behave as if the database were away. */
  readonly away = new Set<keyof OwnAuthority>();

  async standing(of: { subject: string; clientId: string; jti?: string | undefined }): Promise<Standing | undefined> {
    this.#reach('standing');
    const person = this.people.get(of.subject);
    const rules = person && policyRules(this.livePolicy, person, { clientId: of.clientId, clientVerified: false });
    return rules && { person, rules, ended: false, live: this.live.get(of.jti ?? '') ?? [], inBand: this.inBand };
  }

  async policy(): Promise<Policy> {
    this.#reach('policy');
    return this.livePolicy;
  }

  async coolDown(): Promise<CoolDown | undefined> {
    this.#reach('coolDown');
    return this.cooling;
  }

  async startCall({ grantId, entry }: { grantId: string; entry: CallEntry }): Promise<boolean> {
    this.#reach('startCall');
    const alive = [...this.live.values()].flat().some((live) => live.grantId === grantId);
    if (alive) this.entries.push(entry);
    return alive;
  }

  async audit({ entry }: { entry: CallEntry }): Promise<void> {
    this.#reach('audit');
    this.entries.push(entry);
  }

  async recordRefusedToken(data: { reason: string; resource: string }): Promise<void> {
    this.#reach('recordRefusedToken');
    this.entries.push({ type: 'token.refused', actor: 'anonymous', data });
  }

  #reach(name: keyof OwnAuthority): void {
    if (this.away.has(name)) throw new Error('connect ECONNREFUSED');
  }
}

/** Nothing can be asked for or decided. */
export const noAuthorizations: AuthorizationApi = {
  of: () => {
    const notHere = () => Promise.reject(new Error('not here'));
    return {
      ...{ mayDecide: notHere, ask: notHere, waiting: notHere, status: notHere, decide: notHere },
      ...{ grantOf: notHere, endGrant: notHere, figures: notHere, audit: notHere },
    };
  },
};

export interface TestKey {
  trusted: TrustedKey;
  privateKey: CryptoKey;
  kid: string;
}

/** A key pair of the auth server's or the mint's. */
export async function testKey(kid: string, ceiling: TrustedKey['ceiling']): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    privateKey,
    trusted: { ceiling, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } },
  };
}

/** What of a good token a test changes. */
export interface TokenChanges {
  claims?: Record<string, unknown>;
  header?: { typ?: string; kid?: string };
  key?: TestKey;
}

export interface TestResourceServer {
  url: URL;
  authority: TestAuthority;
  server: RunningMcpServer;
  /** The key that may sign base scopes only. */
  baseKey: TestKey;
  /** A token by the base key without, or by the mint's key with, elevated scopes. */
  token(scope: string, changes?: TokenChanges): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the MCP server on a free port with an authority in memory. */
export async function startResourceServer(workspace: string): Promise<TestResourceServer> {
  const authority = new TestAuthority();
  const base = await testKey('base-1', 'base');
  const mint = await testKey('mint-1', 'elevated');
  const server = await startMcpServer({
    port: 0,
    resource: testResource,
    issuer: testIssuer,
    keys: [base.trusted, mint.trusted],
    authority,
    authorizations: noAuthorizations,
    directory: {
      users: async () => testPeople.map((person) => ({ ...person, displayName: person.email })),
      setRoles: () => Promise.reject(new Error('not here')),
    },
    workspace,
    logger: pino({ level: 'silent' }),
    allowedHosts: ['localhost', '127.0.0.1'],
    version: '0.0.0-test',
  });
  await server.open();

  const token = (scope: string, changes: TokenChanges = {}): Promise<string> => {
    const key = changes.key ?? (scope.split(' ').every((part) => part === 'none') ? base : mint);
    return testToken(key, { scope, ...changes.claims }, changes.header);
  };

  return {
    url: new URL(`http://localhost:${server.port}/mcp`),
    authority,
    server,
    baseKey: base,
    token,
    stop: () => server.close(),
  };
}

/** Signs an access token for {@link testResource}, good unless `claims` or `header` say otherwise. */
export function testToken(
  key: TestKey,
  claims: Record<string, unknown>,
  header: { typ?: string; kid?: string } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    iss: testIssuer,
    aud: testResource,
    sub: 'usr_dev',
    client_id: 'countersign-chat',
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 300,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey);
}
