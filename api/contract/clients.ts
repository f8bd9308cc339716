import { z } from 'zod';
import { authorizationErrors } from '../../workflows/domain/authorization-errors.ts';
import { grantSchema } from './grants.ts';

/** One OAuth client as admins and auditors see it. */
export const clientSchema = z.object({
  client_id: z.string(),
  /** What an admin calls it, else what it calls itself. */
  name: z.string(),
  /** Whether the name is ours or an admin's, not only its own word. */
  verified: z.boolean(),
  /** What it calls itself; nobody has checked it. */
  registered_name: z.string().nullable(),
  /** Ours: it comes with the product. */
  first_party: z.boolean(),
  registered_at: z.iso.datetime().nullable(),
  redirect_uris: z.array(z.string()),
  /** How it is told that it lacks a scope: by 403 with a challenge, or in the tool's result. */
  authorization_errors: z.enum(authorizationErrors),
  blocked: z.object({ by: z.string(), at: z.iso.datetime(), reason: z.string() }).nullable(),
  active_grants: z.int(),
  /** People for whom it holds something now. */
  people: z.int(),
  last_granted_at: z.iso.datetime().nullable(),
  /** What blocking it means; for clients that cannot be blocked, why. */
  blocking: z.object({ allowed: z.boolean(), needs_confirmation: z.boolean(), means: z.string() }),
});
export type ClientView = z.infer<typeof clientSchema>;

/** Query of `GET /api/clients`. */
export const listClientsQuerySchema = z.object({
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Answer of `GET /api/clients`: our own, then those in use, then registrations that nobody has used. */
export const clientListSchema = z.object({
  clients: z.array(clientSchema),
  next_cursor: z.string().optional(),
  can_change: z.boolean(),
  now: z.iso.datetime(),
});
export type ClientList = z.infer<typeof clientListSchema>;

/** Answer of `GET /api/clients/{id}` and of what changes a client. */
export const clientDetailSchema = z.object({
  client: clientSchema,
  /** What it holds now, the newest first, a hundred at most. */
  grants: z.array(grantSchema),
  can_change: z.boolean(),
  now: z.iso.datetime(),
});
export type ClientDetail = z.infer<typeof clientDetailSchema>;

/** Body of `POST /api/clients/{id}/block`. */
export const blockBodySchema = z.object({
  reason: z.string().trim().min(1, 'say why').max(500),
  /** The client's id once more, where blocking needs a confirmation. */
  confirm: z.string().max(128).optional(),
});

/** Body of `POST /api/clients/{id}/authorization-errors`. */
export const authorizationErrorsBodySchema = z.strictObject({ mode: z.enum(authorizationErrors) });

/** Body of `POST /api/clients/{id}/name`. */
export const nameBodySchema = z.object({ name: z.string().trim().min(1).max(80) });
