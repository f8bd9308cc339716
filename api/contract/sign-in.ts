import { z } from 'zod';

/** Body of `POST /auth/demo-login`, at 8002 and at 5001: a form or JSON. */
export const demoLoginSchema = z.object({
  email: z.string().trim().min(1, 'Enter your e-mail address.').max(320),
  password: z.string().min(1, 'Enter your password.').max(1_000),
  /** A path of the same server; anything else leads to `/`. */
  return_to: z.string().max(2_048).optional(),
});

/** Query of pages that lead on after signing in. */
export const returnToQuerySchema = z.object({ return_to: z.string().optional() });

/** Answer of `GET /healthz`: the process serves requests. */
export const healthSchema = z.object({ status: z.literal('ok') });

/** Answer of `GET /readyz`: every part that the server needs answers. A 503 names the missing ones. */
export const readinessSchema = z.object({ status: z.literal('ready') });
