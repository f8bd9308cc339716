import { z } from 'zod';

/**
 * One server-sent event of `GET /api/events`, at 8002 and at 5001. It says that something changed; the reader fetches
 * what it may see.  `id` names the request, grant, conversation, person or client; one change may be told more than once.
 *
 * The event's id is its position, which a reader sends as `Last-Event-ID` (browsers do so by themselves) to be told
 * what it missed. A `hello` comes first on each connection; a `resync` says that more was missed than can be told, so
 * that the reader fetches everything anew.
 */
export const liveEventSchema = z.object({
  position: z.string(),
  kind: z.enum(['request', 'grant', 'chat_session', 'policy', 'sign_out', 'person', 'client', 'freeze']),
  id: z.string(),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;
