import { DomainError } from '../../workflows/domain/errors.ts';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import type { Caller } from '../auth/caller.ts';
import { AuthorizationToolError } from './envelope.ts';
import type { CallerAuthorizations } from './ports.ts';

/**
 * Lets through who holds approve:requests with this client, and tells others whether they could. The API asks again.
 *
 * @throws {AuthorizationToolError} `not_approver`, `insufficient_clearance`
 */
export async function decidersOnly(caller: Caller, authorizations: CallerAuthorizations): Promise<void> {
  const approvalType = caller.rules.approvalType(decidingScope);
  if (approvalType === 'denied' || approvalType === 'forbidden') {
    throw new AuthorizationToolError(
      'not_approver',
      'The policy does not let you decide through a client: you are no approver, or not by this one.',
    );
  }
  if (await authorizations.mayDecide()) return;
  throw new AuthorizationToolError(
    'insufficient_clearance',
    `Deciding through this client needs the scope ${decidingScope}, by your own consent. Call request_authorization with tool_name approve_authorization, open the page that it names, then try again. What is critical, your own, or of this very client is decided in the dashboard only.`,
  );
}

/** What the API shows to admins alone. @throws {AuthorizationToolError} `not_admin` */
export async function forAdmins<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof DomainError && (error.code === 'not_auditor' || error.code === 'not_approver')) {
      throw new AuthorizationToolError('not_admin', 'This is for admins only.');
    }
    throw error;
  });
}
