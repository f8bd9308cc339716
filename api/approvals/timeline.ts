import type { z } from 'zod';
import type { Db } from '../../activities/store/connect.ts';
import type { PersonName } from '../../activities/store/people-names.ts';
import type { timelineEntrySchema } from '../contract/scope-requests.ts';

/** What others tried with a request and were refused: for those who watch over it, not for its requester. */
const othersAttempts = ['access.refused', 'decision.refused'];

/**
 * What happened to a request, oldest first, with people named by their e-mail address.
 *
 * @param options.attempts whether what others were refused is told too.
 */
export async function timelineOf(
  db: Db,
  requestId: string,
  names: (subjects: string[]) => Promise<Map<string, PersonName>>,
  options: { attempts: boolean },
): Promise<z.infer<typeof timelineEntrySchema>[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['at', 'type', 'actor', 'data'])
    .where('request_id', '=', requestId)
    .$if(!options.attempts, (query) => query.where('type', 'not in', othersAttempts))
    .orderBy('position')
    .limit(200)
    .execute();
  const known = await names(rows.map(({ actor }) => actor));
  return rows.map(({ at, type, actor, data }) => ({
    at: at.toISOString(),
    type,
    actor: known.get(actor)?.email ?? actor,
    data,
  }));
}
