import type { AuditPage } from '../../api/contract/audit.ts';
import type { GrantView } from '../../api/contract/grants.ts';
import type {
  RequestStatusResponse,
  ScopeRequestView,
  UpgradeScopeRequest,
  UpgradeScopeResponse,
} from '../../api/contract/scope-requests.ts';
import type { Stats } from '../../api/contract/stats.ts';
import type { Verdict } from '../../workflows/domain/decision.ts';

/**
 * What a caller of the tools may ask of the approvals API, as themselves and through their own client. Each function
 * throws a {@link DomainError} of the API's, or `temporarily_unavailable`.
 */
export interface CallerAuthorizations {
  /** Whether person and client hold approve:requests now. */
  mayDecide(): Promise<boolean>;
  /** `POST /api/upgrade-scope`. */
  ask(body: UpgradeScopeRequest): Promise<UpgradeScopeResponse>;
  /** `GET /api/requests`: what waits, the oldest first, whether that is all, and how many take the dashboard. */
  waiting(): Promise<{ requests: readonly ScopeRequestView[]; more: boolean; dashboardOnly: number }>;
  /** `GET /api/status/{id}`. */
  status(requestId: string): Promise<RequestStatusResponse>;
  /** `POST /api/approve/{id}` or `/api/deny/{id}`. A status that is pending still: recorded, not yet in force. */
  decide(requestId: string, verdict: Verdict, note: string | undefined): Promise<RequestStatusResponse>;
  /** The grant that came of a request, as far as the caller may see it. */
  grantOf(requestId: string): Promise<GrantView | undefined>;
  /** `POST /api/grants/{id}/return` or `/api/grants/{id}/revoke`. */
  endGrant(grantId: string, how: 'return' | 'revoke', reason: string | undefined): Promise<GrantView>;
  /** `GET /api/stats`. */
  figures(): Promise<Stats>;
  /** `GET /api/audit`. */
  audit(query: Readonly<Record<string, string | number | undefined>>): Promise<AuditPage>;
}

/** The approvals API, for whoever presents a token of the tools. */
export interface AuthorizationApi {
  /** @param token as the caller sent it; it goes into an exchange and nowhere else (RULES 10) */
  of(token: string): CallerAuthorizations;
}
