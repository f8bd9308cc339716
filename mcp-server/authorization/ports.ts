import type { UpgradeScopeRequest, UpgradeScopeResponse } from '../../api/contract/scope-requests.ts';

/**
 * What a caller of the tools may ask of the approvals API, as themselves and through their own client. Each function
 * throws a {@link DomainError} of the API's, or `temporarily_unavailable`.
 */
export interface CallerAuthorizations {
  /** `POST /api/upgrade-scope`. */
  ask(body: UpgradeScopeRequest): Promise<UpgradeScopeResponse>;
}

/** The approvals API, for whoever presents a token of the tools. */
export interface AuthorizationApi {
  /** @param token as the caller sent it; it goes into an exchange and nowhere else (RULES 10) */
  of(token: string): CallerAuthorizations;
}
