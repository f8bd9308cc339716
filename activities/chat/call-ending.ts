import type { CallEnding } from '../../workflows/domain/chat-endings.ts';
import type { DbOrTrx } from '../store/connect.ts';
import type { ToolCall } from '../store/tool-call-runs.ts';

/** How a call ended that the tool has no outcome for, with who decided and why; undefined for every other call. */
export async function callEnding(db: DbOrTrx, call: ToolCall): Promise<CallEnding | undefined> {
  switch (call.status) {
    case 'denied':
      return { status: 'denied', tool: call.name, ...(await denial(db, call.request_id)) };
    case 'expired':
    case 'unknown':
      return { status: call.status, tool: call.name };
    case 'cancelled':
      return { status: 'cancelled', tool: call.name, note: textOf(call.result?.['error']) };
    case 'scope_unavailable':
      return { status: 'scope_unavailable', tool: call.name, reason: textOf(call.result?.['error']) };
    case 'proposed':
    case 'parked':
    case 'ready':
    case 'running':
    case 'succeeded':
    case 'failed':
    case 'superseded':
      return undefined;
    default:
      return call.status satisfies never;
  }
}

async function denial(db: DbOrTrx, requestId: string | null): Promise<{ by: string | null; reason: string | null }> {
  if (requestId === null) return { by: null, reason: null };
  const row = await db
    .selectFrom('scope_requests')
    .leftJoin('people', 'people.subject', 'scope_requests.decided_by')
    .select(['people.email', 'scope_requests.decision_note'])
    .where('scope_requests.request_id', '=', requestId)
    .executeTakeFirst();
  return { by: row?.email ?? null, reason: row?.decision_note ?? null };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
