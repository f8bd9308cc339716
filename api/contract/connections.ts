import { z } from 'zod';

/** A client that the caller lets act for them. */
export const connectionSchema = z.object({
  client_id: z.string(),
  /** What an admin calls it, else what it calls itself. */
  name: z.string(),
  /** An admin has named it here, or the owner has registered it; any other says itself who it is. */
  verified: z.boolean(),
  /** Of a client that is known by an address of its own, that host. */
  host: z.string().nullable(),
  consented_at: z.iso.datetime(),
  /** It may stay connected when the person is not there. */
  stays_connected: z.boolean(),
  /** Sign-ins there that go on: places where it is used. */
  sign_ins: z.int(),
  last_used_at: z.iso.datetime().nullable(),
  active_grants: z.int(),
});
export type ConnectionView = z.infer<typeof connectionSchema>;

/** Answer of `GET /api/connections` and of disconnecting one: the newest first. */
export const connectionListSchema = z.object({ connections: z.array(connectionSchema), now: z.iso.datetime() });
export type ConnectionList = z.infer<typeof connectionListSchema>;
