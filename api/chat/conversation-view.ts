import { findLivePolicy } from '../../activities/store/policies.ts';
import { frozenScopes } from '../../activities/store/grants.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { grantBounds } from '../../workflows/domain/grant-duration.ts';
import type { Policy, ScopePolicy } from '../../workflows/domain/policy.ts';
import { waitsForFreeze } from '../../workflows/domain/waits-for-freeze.ts';
import type { ChatMessage } from '../../activities/store/chat-messages.ts';
import type { DbOrTrx } from '../../activities/store/connect.ts';
import type { ToolCall } from '../../activities/store/tool-call-runs.ts';
import { consentAddress } from '../approvals/consent-address.ts';
import { grantDuration, requestContext, statusView, type RequestContext } from '../approvals/request-view.ts';
import type { ChatMessageView, ChatReply, ToolCallView } from '../contract/chat.ts';
import type { ScopeRequest } from '../../activities/store/requests.ts';

/** The requests behind a conversation's calls, and what policy says about them. */
export interface ViewContext {
  requests: Map<string, ScopeRequest>;
  context: RequestContext;
  policy: Policy | undefined;
  /** During a freeze: what the person holds and what does not count now. */
  frozen: ReadonlySet<string> | null;
  now: Date;
  /** Of the auth server, where people consent. */
  issuer: string;
}

/** Reads what the views of these calls need, at once. The caller has checked whose conversation it is. */
export async function viewContext(
  db: DbOrTrx,
  calls: readonly ToolCall[],
  now: Date,
  issuer: string,
): Promise<ViewContext> {
  const ids = [...new Set(calls.flatMap(({ request_id }) => (request_id === null ? [] : [request_id])))];
  const [requests, policy, frozen] = await Promise.all([
    ids.length === 0 ? [] : db.selectFrom('scope_requests').selectAll().where('request_id', 'in', ids).execute(),
    findLivePolicy(db),
    frozenFor(db, calls, now),
  ]);
  return {
    requests: new Map(requests.map((request) => [request.request_id, request])),
    context: await requestContext(db, requests),
    policy,
    frozen,
    now,
    issuer,
  };
}

async function frozenFor(db: DbOrTrx, calls: readonly ToolCall[], now: Date): Promise<ReadonlySet<string> | null> {
  const sessionId = calls.find(({ status }) => status === 'parked')?.session_id;
  if (sessionId === undefined) return null;
  const session = await db
    .selectFrom('chat_sessions')
    .select('subject')
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return session === undefined
    ? null
    : frozenScopes(db, { subject: session.subject, clientId: chatClientId, sessionId }, now);
}

/** A call as the wire contract shows it. Pure. */
export function callView(call: ToolCall, view: ViewContext): ToolCallView {
  const request = call.request_id === null ? undefined : view.requests.get(call.request_id);
  return {
    call_id: call.call_id,
    name: call.name,
    arguments: call.arguments,
    status: call.status,
    ...(call.result === null ? {} : { result: call.result }),
    ...(call.authorization_error === null ? {} : { authorization_error: call.authorization_error }),
    ...termsOfAsking(call, view.policy),
    ...(call.status === 'parked' && request?.status !== 'pending' && waitsForFreeze(call, view.frozen)
      ? { waits_for_freeze_end: true as const }
      : {}),
    ...(request === undefined
      ? {}
      : { approval_request_id: request.request_id, approval: approvalView(request, view) }),
    ...(call.finished_at === null ? {} : { finished_at: call.finished_at.toISOString() }),
  };
}

/** What policy says now about asking for what a waiting call needs, before anybody has asked. */
function termsOfAsking(
  call: ToolCall,
  policy: Policy | undefined,
): Pick<ToolCallView, 'grant_bounds' | 'justification_required'> {
  if (call.status !== 'parked' || policy === undefined || call.required_scopes.length === 0) return {};
  const { usualSeconds, maxSeconds } = grantBounds(policy, call.required_scopes);
  return {
    grant_bounds: { grant_seconds: usualSeconds, max_grant_seconds: maxSeconds },
    justification_required: rulesOf(policy, call.required_scopes).some(wantsReason),
  };
}

function approvalView(
  request: ScopeRequest,
  { context, policy, now, issuer }: ViewContext,
): NonNullable<ToolCallView['approval']> {
  const rules = rulesOf(policy, request.scopes);
  return {
    ...statusView(request, context, now),
    required_scopes: request.scopes,
    justification_required: rules.some(wantsReason),
    approvers: [...new Set(rules.flatMap(({ approverRoles }) => approverRoles))],
    ...grantDuration(policy, request),
    approval_type: request.approval_type,
    consent_url: consentAddress(issuer, request),
  };
}

function rulesOf(policy: Policy | undefined, scopes: readonly string[]): ScopePolicy[] {
  return scopes.flatMap((scope) => {
    const rule = policy !== undefined && Object.hasOwn(policy.scopes, scope) ? policy.scopes[scope] : undefined;
    return rule === undefined ? [] : [rule];
  });
}

const wantsReason = ({ justification }: ScopePolicy): boolean => justification === 'required';

/** A message of the history. A call stands once, in the message that proposed it. Pure. */
export function messageView(message: ChatMessage, calls: readonly ToolCall[], view: ViewContext): ChatMessageView {
  const own = calls.filter(({ message_id }) => message_id === message.message_id);
  return {
    message_id: message.message_id,
    role: message.role,
    content: message.content,
    status: message.status,
    ...(own.length === 0 ? {} : { tool_calls: own.map((call) => callView(call, view)) }),
    ...waitingFields(own),
    created_at: message.created_at.toISOString(),
  };
}

/** The answer to a message whose turn has ended or paused. Pure. */
export function replyView(message: ChatMessage, calls: readonly ToolCall[], view: ViewContext): ChatReply {
  const own = calls.filter(({ message_id }) => message_id === message.message_id);
  return {
    session_id: message.session_id,
    message_id: message.message_id,
    status: message.status === 'queued' || message.status === 'running' ? 'awaiting_authorization' : message.status,
    reply: message.content,
    tool_calls: own.map((call) => callView(call, view)),
    ...waitingFields(own),
  };
}

/** What a message's waiting call needs, said at the top of the message as well. */
function waitingFields(own: readonly ToolCall[]): Pick<ChatReply, 'authorization_error' | 'approval_request_id'> {
  const waiting = own.findLast(({ status }) => status === 'parked');
  return {
    ...(waiting === undefined || waiting.authorization_error === null
      ? {}
      : { authorization_error: waiting.authorization_error }),
    ...(waiting === undefined || waiting.request_id === null ? {} : { approval_request_id: waiting.request_id }),
  };
}
