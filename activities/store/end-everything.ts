import { sql } from 'kysely';
import { endAccountSessions } from './account-sessions.ts';
import { announceChatSession } from './chat-sessions.ts';
import { endChatSignIns } from './chat-sign-ins.ts';
import { endClientSignIns } from './client-sign-ins.ts';
import type { DbOrTrx } from './connect.ts';
import { announce } from './events.ts';
import { endGrant } from './grants.ts';
import { deleteTasks } from './mcp-tasks.ts';
import type { OidcPayloads } from './oidc-payloads.ts';
import { endRequest } from './requests.ts';
import { recordSignOut } from './sign-outs.ts';

/** What ended, for those who are told outside the database. */
export interface Ended {
  /** Requests that were open. */
  requests: string[];
  /** The requests whose grants were alive. */
  grantsOfRequests: string[];
  /** Conversations that had something waiting. */
  conversations: string[];
}

/**
 * Ends whatever a person has going on: sign-ins, what waits in conversations, open requests (as `cancelled`, by the
 * admin: nobody judged them), living grants. Call it in the transaction that disables the account, after that.
 *
 * @param end.note why, for the history of requests and grants
 */
export async function endEverythingOf(
  trx: DbOrTrx,
  payloads: OidcPayloads,
  subject: string,
  end: { by: string; note: string; at: Date },
): Promise<Ended> {
  const { by, note, at } = end;
  await endSignIns(trx, payloads, subject, at);
  const conversations = await cancelCalls(trx, subject, note);
  const ended = await endRequestsAndGrants(trx, { subject }, { reason: 'revoked', by, note, at });
  return { ...ended, conversations };
}

/**
 * Ends a person's open requests, as `cancelled`, and living grants, and removes the calls they had parked with whatever
 * those answered; those of one client, where one is named.
 */
export async function endRequestsAndGrants(
  trx: DbOrTrx,
  of: { subject: string; clientId?: string },
  end: { reason: 'revoked' | 'returned'; by: string; note: string; at: Date },
): Promise<Pick<Ended, 'requests' | 'grantsOfRequests'>> {
  const { reason, by, note, at } = end;
  const open = await trx
    .selectFrom('scope_requests')
    .select('request_id')
    .where('subject', '=', of.subject)
    .$if(of.clientId !== undefined, (query) => query.where('client_id', '=', of.clientId ?? ''))
    .where('status', 'in', ['requested', 'pending'])
    .orderBy('request_id')
    .execute();
  for (const { request_id: requestId } of open) {
    await endRequest(trx, requestId, { status: 'cancelled', actor: by, decidedBy: by, note, at });
  }
  const living = await trx
    .selectFrom('grants')
    .select(['grant_id', 'request_id'])
    .where('subject', '=', of.subject)
    .$if(of.clientId !== undefined, (query) => query.where('client_id', '=', of.clientId ?? ''))
    .where('end_reason', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('grant_id')
    .execute();
  for (const { grant_id: grantId } of living) await endGrant(trx, grantId, { reason, by, at, note });
  await deleteTasks(trx, of);
  return {
    requests: open.map(({ request_id }) => request_id),
    grantsOfRequests: living.map(({ request_id }) => request_id),
  };
}

/** Ends every sign-in of a person, here, at the chat and at every other client, and the streams opened with them. */
export async function endSignIns(trx: DbOrTrx, payloads: OidcPayloads, subject: string, at: Date): Promise<void> {
  await endAccountSessions(trx, subject, at);
  await endChatSignIns(trx, subject, at);
  await endClientSignIns(trx, { subject }, at);
  await recordSignOut(trx, subject, at);
  await payloads.in(trx).endAccount(subject, 'all');
  await announce(trx, { kind: 'sign_out', id: subject, subject });
}

/** A call that runs is reported when it is done, not undone (RULES 15); everything that waits is over. */
async function cancelCalls(trx: DbOrTrx, subject: string, note: string): Promise<string[]> {
  const ended = await trx
    .updateTable('tool_calls')
    .set({ status: 'cancelled', finished_at: sql<Date>`now()`, result: JSON.stringify({ error: note }) })
    .from('chat_sessions')
    .whereRef('chat_sessions.session_id', '=', 'tool_calls.session_id')
    .where('chat_sessions.subject', '=', subject)
    .where('tool_calls.status', 'in', ['proposed', 'parked', 'ready'])
    .returning('tool_calls.session_id')
    .execute();
  const conversations = [...new Set(ended.map(({ session_id }) => session_id))];
  for (const sessionId of conversations) await announceChatSession(trx, sessionId);
  return conversations;
}
