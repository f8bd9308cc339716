import { z } from 'zod';
import { clientIntroSchema } from './client-intro.ts';
import { durationSecondsSchema, scopeRequestSchema } from './scope-requests.ts';
import { scopeServerSchema } from './scope-server.ts';

/** Answer of `GET /api/consents/{id}`: what somebody is asked to consent to for themselves. */
export const consentSchema = z.object({
  request: scopeRequestSchema,
  /** What asks in their name. */
  client: clientIntroSchema,
  scopes: z.array(
    z.object({ scope: z.string(), description: z.string(), risk: z.string(), server: scopeServerSchema }),
  ),
  /** Whether the sign-in is fresh enough to consent, and until when; else one signs in again at `address`. */
  sign_in: z.object({
    fresh: z.boolean(),
    fresh_until: z.iso.datetime().nullable(),
    max_age_seconds: z.int(),
    address: z.string(),
  }),
  /** The conversation that asked, when the chat did. */
  return_url: z.string().nullable(),
  now: z.iso.datetime(),
});
export type Consent = z.infer<typeof consentSchema>;

/** Body of `POST /api/consents/{id}`. */
export const consentBodySchema = z.strictObject({
  decision: z.enum(['allow', 'refuse']),
  /** When allowing: up to `max_grant_seconds`. */
  duration_seconds: durationSecondsSchema.optional(),
});
