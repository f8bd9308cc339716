import type { AuditEntry } from '../activities/store/audit.ts';
import type { Policy } from '../workflows/domain/policy.ts';

/** A person as the database knows them now. */
export interface KnownPerson {
  subject: string;
  email: string;
  roles: readonly string[];
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

/** Who calls, under which policy, with which scopes of their token alive. */
export interface Standing {
  person: KnownPerson;
  policy: Policy;
  /** The token has ended before its time: its sign-in is over, or the person took its client's consent back. */
  ended: boolean;
  live: readonly LiveScope[];
  /** Of a client that gets its errors in band: what it holds for this person, whatever the token says. */
  inBand?: { live: readonly LiveScope[] } | undefined;
}

/**
 * What a resource server asks about whoever calls it. Each function may reject when the database is away, which
 * becomes 503; none of them ever answers from a cache.
 */
export interface Authority {
  /**
   * Whoever presents a token, in one reading at this moment.
   *
   * @param of.signIn the token's `sid`, if it has one.
   * @param of.jti of an elevated token, whose grants are looked at (RULES 14).
   */
  standing(of: {
    subject: string;
    clientId: string;
    issuedAt: Date;
    signIn?: string | undefined;
    jti?: string | undefined;
  }): Promise<Standing | undefined>;
  policy(): Promise<Policy>;
  /** Whether the client was refused this scope so shortly ago that it is not to be sent for it again. */
  coolDown(of: { subject: string; clientId: string; scope: string }): Promise<CoolDown | undefined>;
  /**
   * Begins a call under a grant: in one step the grant is seen alive and the entry is written, so that a revoke either
   * came first or finds the call in the audit table (RULES 15, 25).
   *
   * @param call.synced whether the entry is on the disk before this resolves; if not, the next {@link audit} puts it there.
   * @returns whether the grant was alive; if not, nothing was written.
   */
  startCall(call: { grantId: string; entry: AuditEntry; synced: boolean }): Promise<boolean>;
  audit(entry: AuditEntry): Promise<void>;
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
