import type { ApprovalType } from './approval-type.ts';

/** The structured authorization error of tool results, 403 bodies and chat replies. */
export interface AuthorizationError {
  error_type: 'authorization_error';
  tool_name: string;
  required_scope: string;
  current_scopes: string[];
  approval_type: ApprovalType;
  user_email: string;
}

/** A tool was called by somebody who does not hold its scope. */
export class InsufficientScopeError extends Error {
  override readonly name = 'InsufficientScopeError';
  readonly toolName: string;
  readonly requiredScope: string;
  readonly currentScopes: readonly string[];

  constructor(toolName: string, requiredScope: string, currentScopes: readonly string[]) {
    super(`${toolName} needs the scope ${requiredScope}`);
    this.toolName = toolName;
    this.requiredScope = requiredScope;
    this.currentScopes = currentScopes;
  }
}

/** The wire form of an {@link InsufficientScopeError}; `approval_type` is advice, the workflow decides (RULES 20). */
export function authorizationError(
  error: InsufficientScopeError,
  context: { approvalType: ApprovalType; userEmail: string },
): AuthorizationError {
  return {
    error_type: 'authorization_error',
    tool_name: error.toolName,
    required_scope: error.requiredScope,
    current_scopes: [...error.currentScopes],
    approval_type: context.approvalType,
    user_email: context.userEmail,
  };
}
