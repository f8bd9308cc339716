import { z } from 'zod';
import type { ToolCall } from '../store/tool-call-runs.ts';
import type { AuthServer } from './auth-server.ts';

/** What became of asking for a scope that policy is said to grant at once. */
export type Upgrade =
  | { kind: 'approved'; requestId: string | undefined; token: string | undefined; expiresIn: number }
  /** The advice was old: a person has to decide. */
  | { kind: 'pending'; requestId: string }
  | { kind: 'denied'; requestId: string | undefined; reason: string }
  | { kind: 'refused' };

/** Answers of `POST /api/upgrade-scope` (PRODUCT.md), as far as the agent reads them. */
const answerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('approved'),
    approval_request_id: z.string().optional(),
    new_token: z.string().optional(),
    expires_in: z.number(),
  }),
  z.object({ status: z.literal('pending_admin_approval'), approval_request_id: z.string() }),
  z.object({ status: z.literal('pending_user_approval'), approval_request_id: z.string() }),
  z.object({ status: z.literal('denied'), approval_request_id: z.string().optional(), reason: z.string() }),
]);

/**
 * Asks for the scope of a call whose error says that policy grants it at once; the agent asks for nothing else by
 * itself (RULES 20).
 *
 * @throws {DomainError} `not_signed_in`, `temporarily_unavailable`
 */
export async function upgradeAtOnce(
  authServer: AuthServer,
  subject: string,
  call: ToolCall,
  scope: string,
): Promise<Upgrade> {
  const { status, body } = await authServer.ask(subject, 'POST', '/api/upgrade-scope', {
    scopes: [scope],
    tool_name: call.name,
    tool_args: call.arguments,
    session_id: call.session_id,
  });
  const answer = status === 200 ? answerSchema.safeParse(body).data : undefined;
  switch (answer?.status) {
    case 'approved':
      return {
        kind: 'approved',
        requestId: answer.approval_request_id,
        token: answer.new_token,
        expiresIn: answer.expires_in,
      };
    case 'pending_admin_approval':
    case 'pending_user_approval':
      return { kind: 'pending', requestId: answer.approval_request_id };
    case 'denied':
      return { kind: 'denied', requestId: answer.approval_request_id, reason: answer.reason };
    case undefined:
      return { kind: 'refused' };
    default:
      return answer satisfies never;
  }
}
