import { z } from 'zod';

/**
 * One server-sent event of `GET /api/events`, at 8002 and at 5001. It says that something changed; the reader fetches
 * what it may see. `id` names the request, grant or conversation. A `hello` comes first on each connection.
 */
export const liveEventSchema = z.object({
  position: z.string(),
  kind: z.enum(['request', 'grant', 'chat_session', 'policy', 'sign_out']),
  id: z.string(),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;
