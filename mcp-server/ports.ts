import type { ApprovalType } from '../workflows/domain/approval-type.ts';
import type { Policy } from '../workflows/domain/policy.ts';

/** A person as is known now. */
export interface KnownPerson {
  subject: string;
  email: string;
  disabled: boolean;
}

/** A scope of a credential whose grant is alive at this moment. */
export interface LiveScope {
  scope: string;
  grantId: string;
}

/** How the last request for a scope ended, and until when that stands. */
export interface CoolDown {
  requestId: string;
  /** `approved` when only a part of it was granted. */
  status: 'denied' | 'expired' | 'approved';
  reason: string | null;
  until: Date;
}

/** What live policy says about calls of one caller at this resource server. */
export interface CallRules {
  /** The scope that policy says a tool needs, where it says so. */
  scopeOf(toolName: string): string | undefined;
  /** How the caller would get a scope. `denied` is a deny rule or a closed account: then no grant counts either. */
  approvalType(scope: string): ApprovalType | 'denied';
}

/** The call that a request makes, before anybody has judged it. */
export interface NamedCall {
  toolName: string;
  /** What the tool needs unless policy says otherwise. */
  scope: string;
  argumentDigest: string;
}

/** What became of a {@link NamedCall}: it is recorded as begun under the grant, or as refused where there is none. */
export interface JudgedCall extends NamedCall {
  /** What it needs by live policy. */
  scope: string;
  grantId: string | undefined;
}

/** Who calls, under which rules, with which scopes of their token alive. */
export interface Standing {
  person: KnownPerson;
  rules: CallRules;
  /** The token has ended before its time: its sign-in is over, or the person took its client's consent back. */
  ended: boolean;
  live: readonly LiveScope[];
  /** Of a client that gets its errors in band: what it holds here for this person, whatever the token says. */
  inBand?: { live: readonly LiveScope[] } | undefined;
  /** The call that was named, where it was judged and recorded in the same step; else it is still to be begun. */
  call?: JudgedCall | undefined;
}

/** What is recorded of a call: whose, of which tool and arguments, how it ended. Never the arguments. */
export interface CallEntry {
  type: 'tool.called' | 'tool.refused' | 'tool.finished';
  actor: string;
  subject: string;
  clientId: string;
  grantId: string | null;
  scopes: readonly string[];
  data: {
    tool: string;
    argument_digest: string;
    jti: string;
    outcome?: 'succeeded' | 'failed' | 'withheld' | 'not_run';
    duration_ms?: number;
    approval_type?: ApprovalType;
    in_band?: true;
  };
}

/**
 * What a resource server asks about whoever calls it: our own asks the database, others ask the auth server. Each function
 * may reject when that is away, which becomes 503; none of them ever answers from a cache.
 */
export interface Authority {
  /**
   * Whoever presents a token, in one reading at this moment.
   *
   * @param of.signIn the token's `sid`, if it has one.
   * @param of.jti of an elevated token, whose grants are looked at (RULES 14).
   * @param of.call which call they make, for who can judge it in the same step: as {@link startCall} does, on the disk.
   * @param of.allOfClient reads `inBand` for any client: it was just granted something, or a parked call goes on.
   */
  standing(of: {
    token: string;
    subject: string;
    clientId: string;
    issuedAt: Date;
    signIn?: string | undefined;
    jti?: string | undefined;
    call?: NamedCall;
    allOfClient?: true;
  }): Promise<Standing | undefined>;
  /** Whether the client was refused this scope so shortly ago that it is not to be sent for it again. */
  coolDown(of: { token: string; subject: string; clientId: string; scope: string }): Promise<CoolDown | undefined>;
  /**
   * Begins a call under a grant: in one step the grant is seen alive and the entry is written, so that a revoke either
   * came first or finds the call in the audit table (RULES 15, 25).
   *
   * @param call.synced whether the entry is on the disk before this resolves; if not, the next that is takes it along.
   * @returns whether the grant was alive; if not, the call has not begun.
   */
  startCall(call: { token: string; grantId: string; entry: CallEntry; synced: boolean }): Promise<boolean>;
  /**
   * Records a call that was refused or has ended.
   *
   * @param call.synced as of {@link startCall}: a call waits for the disk once.
   */
  audit(call: { token: string; entry: CallEntry; synced: boolean }): Promise<void>;
}

/** Told of each token that was refused. Never throws: the request is refused anyway. */
export interface RefusedTokens {
  record(reason: string): Promise<void>;
}

/** The live policy, for the tools that tell about it. */
export interface PolicySource {
  policy(): Promise<Policy>;
}

/** What our own server asks besides. */
export interface OwnAuthority extends Authority, PolicySource {
  recordRefusedToken(about: { reason: string; resource: string }): Promise<void>;
}

/** As much of a logger as is used; pino's is one. */
export interface Log {
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

/** A user account as administrators see it. */
export interface UserAccount {
  subject: string;
  email: string;
  displayName: string;
  roles: readonly string[];
  disabled: boolean;
}

/** The accounts, for the tools that manage them. */
export interface UserDirectory {
  users(): Promise<readonly UserAccount[]>;
  /**
   * Sets somebody's roles under a living grant of whoever does it (RULES 4).
   *
   * @throws {DomainError} `not_found`, `unknown_role`, `insufficient_scope`, `own_account`, `last_admin`
   */
  setRoles(change: { grantId: string; user: string; roles: readonly string[] }): Promise<{
    user: UserAccount;
    before: readonly string[];
    endedGrants: number;
  }>;
}
