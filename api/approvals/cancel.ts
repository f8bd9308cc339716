import { auditContext, findRequest, recordWithdrawal } from '../../activities/store/requests.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { isTerminal } from '../../workflows/domain/request-status.ts';
import type { RequestStatusResponse } from '../contract/scope-requests.ts';
import type { Caller } from '../sessions/caller.ts';
import { recordRefusedAccess } from '../sessions/record-refused-access.ts';
import type { ApprovalDeps } from './deps.ts';
import { findVisibleRequest } from './find-visible.ts';
import { requestContext, statusView } from './request-view.ts';
import { waitForRequest } from './wait-for-request.ts';
import { deliverCancel, judgedWithinMs } from './workflow-gateway.ts';

/**
 * Withdraws one's own request. Repeating it is harmless.
 *
 * @returns 200 when it is cancelled, 202 when the withdrawal is recorded and not yet in force.
 * @throws {DomainError} `not_found` when it is not the caller's own, `already_decided` when it ended otherwise.
 */
export async function cancelRequest(
  deps: ApprovalDeps,
  caller: Caller,
  requestId: string,
): Promise<{ httpStatus: 200 | 202; body: RequestStatusResponse }> {
  const { request } = await findVisibleRequest(deps.db, caller, requestId);
  if (request.subject !== caller.person.subject) {
    await recordRefusedAccess(deps.db, caller, { what: 'cancel', ...auditContext(request) });
    throw new DomainError('not_found', 'Only the person who asked can withdraw a request. Deny it instead.');
  }
  if (!isTerminal(request.status)) {
    await deps.db.transaction().execute((trx) => recordWithdrawal(trx, request, deps.now()));
    await deliverCancel(deps.temporal, requestId);
  }
  const settled = await waitForRequest(deps, requestId, ({ status }) => isTerminal(status), judgedWithinMs);
  const latest = settled ?? (await findRequest(deps.db, requestId)) ?? request;
  const body = statusView(latest, await requestContext(deps.db, [latest]), deps.now());
  if (settled !== undefined && settled.status !== 'cancelled') {
    throw new DomainError('already_decided', `This request has already ended: ${body.status}.`, {
      details: { request: body },
    });
  }
  return { httpStatus: settled === undefined ? 202 : 200, body };
}
