import {
  authorizationError,
  InsufficientScopeError,
  type AuthorizationError,
} from '../../workflows/domain/insufficient-scope-error.ts';
import { isElevated } from '../../workflows/domain/scopes.ts';
import type { LiveScope } from '../ports.ts';
import type { Caller } from './caller.ts';

/** That a call may not run, with every scope the client should ask for: what it holds and what it lacks. */
export interface CallRefused {
  allowed: false;
  error: AuthorizationError;
  challengeScopes: readonly [string, ...string[]];
}

/** Whether a call may run. */
export type CallVerdict = { allowed: true; scope: string; grantId: string | undefined } | CallRefused;

/** Pure: judges a call of a tool that needs `requiredScope` by what the caller holds now. */
export function judgeCall(
  caller: Caller,
  held: readonly LiveScope[],
  toolName: string,
  requiredScope: string,
): CallVerdict {
  if (!isElevated(requiredScope)) return { allowed: true, scope: requiredScope, grantId: undefined };
  const approvalType = caller.rules.approvalType(requiredScope);
  const carrying = held.find(({ scope }) => scope === requiredScope);
  // A deny rule that came after the grant wins (RULES 2).
  if (carrying !== undefined && approvalType !== 'denied')
    return { allowed: true, scope: requiredScope, grantId: carrying.grantId };
  return refuseCall(caller, held, toolName, requiredScope);
}

/** Pure: refuses a call for want of its scope. */
export function refuseCall(
  caller: Caller,
  held: readonly LiveScope[],
  toolName: string,
  requiredScope: string,
): CallRefused {
  const approvalType = caller.rules.approvalType(requiredScope);
  const currentScopes = [...new Set(held.map(({ scope }) => scope))].sort();
  const baseHeld = caller.tokenScopes.filter((scope) => scope === 'none');
  return {
    allowed: false,
    error: authorizationError(new InsufficientScopeError(toolName, requiredScope, currentScopes), {
      approvalType: approvalType === 'denied' ? 'forbidden' : approvalType,
      userEmail: caller.person.email,
    }),
    // OpenID scopes are not a resource server's to ask for.
    challengeScopes: [requiredScope, ...[...baseHeld, ...currentScopes].filter((scope) => scope !== requiredScope)],
  };
}
