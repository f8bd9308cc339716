import { z } from 'zod';
import { clientIntroSchema } from './client-intro.ts';
import { freezeSchema } from './freeze.ts';
import { scopeServerSchema } from './scope-server.ts';
import { scopeRequestSchema } from './scope-requests.ts';

/** Answer of `GET /api/step-ups/{id}`: what a client's authorization request waits for, to the person alone. */
export const stepUpSchema = z.object({
  id: z.string(),
  client: clientIntroSchema.pick({ client_id: true, name: true, calls_itself: true, verified: true }).extend({
    /** The host that vouches for it, of a client that is known by an address there; null of one that registered itself. */
    host: z.string().nullable(),
    /** When it registered itself; null where that is not known. */
    registered_at: z.iso.datetime().nullable(),
    /** Where the answer is sent, as people can judge it. */
    answer_goes_to: z.string(),
  }),
  scopes: z.array(
    z.object({
      scope: z.string(),
      description: z.string(),
      risk: z.string(),
      server: scopeServerSchema,
      held: z.boolean(),
      decided_by: z.enum(['policy', 'approvers', 'self']),
      /** Roles whose holders decide, never about their own request. */
      approvers: z.array(z.string()),
    }),
  ),
  /** `needed`: nothing has been asked of anybody yet; `optional`: it can still be added; else it is said or too late. */
  justification: z.enum(['needed', 'optional', 'closed']),
  requests: z.array(scopeRequestSchema),
  /** `unasked` waits for the reason, `waiting` for a decision; the others are the answer to the client. */
  status: z.enum(['unasked', 'waiting', 'granted', 'refused', 'withdrawn']),
  /** Of `refused`: what the client is told. */
  refusal: z.string().nullable(),
  /** Whether the client can still be answered from this browser; what is granted counts in any case. */
  way_back: z.enum(['open', 'finished', 'lapsed', 'elsewhere']),
  /** Where the answer is given once there is one. */
  continue_path: z.string(),
  begun_at: z.iso.datetime(),
  /** Until then the client can be answered. */
  expires_at: z.iso.datetime(),
  /** Where the person finds all that they asked for. */
  access_url: z.string(),
  freeze: freezeSchema.nullable(),
  /** Server time, for countdowns. */
  now: z.iso.datetime(),
});
export type StepUpView = z.infer<typeof stepUpSchema>;

/** Body of `POST /api/step-ups/{id}/justification`. */
export const justifyStepUpSchema = z.strictObject({
  justification: z.string('Say why: who decides reads it.').trim().min(1, 'Say why: who decides reads it.').max(2_000),
});
