import { parkedText, whoseDecision } from '../../workflows/domain/chat-endings.ts';
import type { z } from 'zod';
import { setReply } from '../../activities/store/chat-messages.ts';
import { chatSessionExists, ownChatSession } from '../../activities/store/chat-sessions.ts';
import type { ToolCall } from '../../activities/store/tool-call-runs.ts';
import { attachRequest, parkAgain, releaseCall } from '../../activities/store/tool-calls.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { requestApprovalSchema } from '../contract/chat.ts';
import { upgradeScopeResponseSchema, type UpgradeScopeResponse } from '../contract/scope-requests.ts';
import type { ChatCaller } from './chat-caller.ts';
import type { ChatDeps } from './deps.ts';
import { findAskableCall } from './find-target.ts';
import { unwrap } from './unwrap-answer.ts';
import { wakeSession } from './wake-session.ts';
import { withoutToken } from './without-token.ts';

/**
 * Asks for what a parked call needs: the person's click is what makes a request (RULES 20). A call whose request was
 * denied, expired or withdrawn is parked again first, so that an approval cannot come before there is something to
 * release. The answer never carries a token to the browser.
 *
 * @throws {DomainError} `not_found`, `invalid_request` when nothing waits, or what the auth server says
 */
export async function requestApproval(
  deps: ChatDeps,
  caller: ChatCaller,
  body: z.output<typeof requestApprovalSchema>,
): Promise<UpgradeScopeResponse> {
  const { subject } = caller.person;
  const session = await ownChatSession(deps.db, body.session_id, subject);
  const call = await parked(deps, await findAskableCall(deps.db, session.session_id, body.message_id));
  const answer = upgradeScopeResponseSchema.parse(
    unwrap(
      await deps.authServer.ask(subject, 'POST', '/api/upgrade-scope', {
        scopes: call.required_scopes,
        tool_name: call.name,
        tool_args: call.arguments,
        session_id: session.session_id,
        ...(body.duration_seconds === undefined ? {} : { duration_seconds: body.duration_seconds }),
        ...(body.justification === undefined || body.justification === '' ? {} : { justification: body.justification }),
      }),
    ).body,
  );
  await deps.db.transaction().execute(async (trx) => {
    if (answer.approval_request_id !== undefined) await attachRequest(trx, call, answer.approval_request_id);
    if (answer.status === 'approved') await releaseCall(trx, call.call_id);
  });
  if (!(await chatSessionExists(deps.db, session.session_id))) await withdraw(deps, subject, answer);
  if (answer.status === 'approved' || answer.status === 'denied')
    await wakeSession(deps.temporal, session.session_id, call.message_id);
  return withoutToken(answer);
}

async function parked(deps: ChatDeps, call: ToolCall): Promise<ToolCall> {
  if (call.status === 'parked') return call;
  return deps.db.transaction().execute(async (trx) => {
    const again = await parkAgain(trx, call.call_id);
    if (again === undefined) return call;
    const content = parkedText({ tool: again.name, reason: whoseDecision(again), scopes: again.required_scopes });
    await setReply(trx, again.message_id, { status: 'awaiting_authorization', content });
    return again;
  });
}

/** The conversation was deleted while its request was being made. */
async function withdraw(deps: ChatDeps, subject: string, answer: UpgradeScopeResponse): Promise<never> {
  if (answer.approval_request_id !== undefined)
    await deps.authServer.ask(
      subject,
      'POST',
      `/api/requests/${encodeURIComponent(answer.approval_request_id)}/cancel`,
    );
  throw new DomainError('not_found', 'This conversation has been deleted.');
}
