import type { DbOrTrx } from './connect.ts';

/**
 * The turn of the agent that each request came from: the message whose call waits for it. Requests of the same turn
 * belong together; one that no conversation asked for has none.
 */
export async function agentRunsOf(db: DbOrTrx, requestIds: readonly string[]): Promise<Map<string, string>> {
  if (requestIds.length === 0) return new Map();
  const calls = await db
    .selectFrom('tool_calls')
    .select(['request_id', 'message_id'])
    .where('request_id', 'in', requestIds)
    // Where the same call was proposed again, the first turn is the one that asked.
    .orderBy('position', 'desc')
    .execute();
  return new Map(
    calls.flatMap(({ request_id, message_id }) => (request_id === null ? [] : [[request_id, message_id]])),
  );
}
