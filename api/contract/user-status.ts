import { z } from 'zod';
import { freezeSchema } from './freeze.ts';

/** Answer of `GET /api/user-status`, at 8002 and (for its own person) at 5001. */
export const userStatusSchema = z.object({
  signed_in: z.literal(true),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  /** Scopes this person holds now for the calling client. */
  current_scopes: z.array(z.string()),
  /** May open the dashboard (RULES 1). */
  dashboard: z.boolean(),
  /** May decide something under live policy. */
  approver: z.boolean(),
  /** One’s own that wait; of other people's client, those that it asked for. */
  pending_requests: z.int(),
  /** Why the policy file as it stands is not in force; only for admins and auditors, null when all is well. */
  policy_problem: z.object({ problems: z.array(z.string()), noticed_at: z.iso.datetime() }).nullable(),
  /** While set, no elevated scope counts: nothing is granted at once and no protected tool runs. */
  freeze: freezeSchema.nullable(),
  demo_mode: z.boolean(),
  now: z.iso.datetime(),
});
export type UserStatus = z.infer<typeof userStatusSchema>;

/** Answer of `GET /auth/sign-in-options` (no sign-in needed): what the sign-in page offers. */
export const signInOptionsSchema = z.object({
  demo_mode: z.boolean(),
  accounts: z.array(z.object({ email: z.string(), name: z.string(), roles: z.array(z.string()) })),
});
export type SignInOptions = z.infer<typeof signInOptionsSchema>;
