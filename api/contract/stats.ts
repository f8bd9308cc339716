import { z } from 'zod';
import { publicRequestStatusSchema } from './scope-requests.ts';

const countsSchema = z.record(publicRequestStatusSchema, z.int());

/** Answer of `GET /api/stats`. */
export const statsSchema = z.object({
  requests: z.object({
    /** All there ever were, by the status they have now. */
    total: countsSchema,
    /** Those made since midnight UTC. */
    today: countsSchema,
  }),
  /** From asking to a person's decision, over the last 30 days; null while nobody has decided. */
  time_to_decision: z.object({ decisions: z.int(), median_seconds: z.number(), p95_seconds: z.number() }).nullable(),
  /** Of the requests approved in the last 30 days, the share that policy approved by itself; null without any. */
  automatic_share: z.number().min(0).max(1).nullable(),
  /** What that share is of. */
  approvals: z.object({ by_policy: z.int(), by_people: z.int() }),
  active_grants: z.int(),
  /** The last 30 days (UTC), the oldest first: what was asked, how requests ended, what waited when the day ended. */
  days: z.array(
    z.object({
      day: z.iso.date(),
      asked: z.int(),
      approved: z.int(),
      denied: z.int(),
      expired: z.int(),
      cancelled: z.int(),
      waiting: z.int(),
    }),
  ),
  /** People's decisions of the last 30 days by how long they took; the last has no limit. */
  decision_times: z.array(z.object({ below_seconds: z.int().nullable(), decisions: z.int() })),
  /** Who decided for others in the last 30 days, the busiest first; own consents are not counted. Not told to clients. */
  approvers: z.array(z.object({ email: z.string(), approved: z.int(), denied: z.int() })).optional(),
  /** The scopes asked for most in the last 30 days. */
  top_scopes: z.array(z.object({ scope: z.string(), requests: z.int() })),
  now: z.iso.datetime(),
});
export type Stats = z.infer<typeof statsSchema>;
