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

/**
 * What a resource server asks about whoever calls it. Each function may reject when the database is away, which
 * becomes 503; none of them ever answers from a cache.
 */
export interface Authority {
  person(subject: string): Promise<KnownPerson | undefined>;
  policy(): Promise<Policy>;
  /** The scopes that the token with this `jti` still carries (RULES 14). */
  liveScopesOfCredential(jti: string): Promise<readonly LiveScope[]>;
  /**
   * Begins a call under a grant: in one step the grant is seen alive and the entry is written, so that a revoke either
   * came first or finds the call in the audit table (RULES 15, 25).
   *
   * @returns whether the grant was alive; if not, nothing was written.
   */
  startCall(grantId: string, entry: AuditEntry): Promise<boolean>;
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
}
