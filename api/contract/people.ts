import { z } from 'zod';
import { grantSchema } from './grants.ts';

/** Why an admin's action on somebody is not the caller's to take; null when it is. */
const refusalSchema = z.enum(['not_admin', 'own_account', 'last_admin']).nullable();

/** One account as admins and auditors see it. */
export const personSchema = z.object({
  subject: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  disabled_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  /** Sign-ins that are alive, here and at the chat. */
  sessions: z.int(),
  last_signed_in_at: z.iso.datetime().nullable(),
  active_grants: z.int(),
  open_requests: z.int(),
  /** The caller themselves. */
  own: z.boolean(),
  /** Changing roles is a call of the tool `set_user_roles`, which the approval of another person opens. */
  cannot_change_roles: refusalSchema,
  cannot_disable: refusalSchema,
});
export type PersonView = z.infer<typeof personSchema>;

/** Query of `GET /api/people`. */
export const listPeopleQuerySchema = z.object({
  /** Part of an e-mail address or a name. */
  search: z.string().trim().max(320).optional(),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** Answer of `GET /api/people`: by e-mail address. */
export const peopleListSchema = z.object({
  people: z.array(personSchema),
  /** Every role that means something under live policy. */
  roles: z.array(z.string()),
  next_cursor: z.string().optional(),
  now: z.iso.datetime(),
});
export type PeopleList = z.infer<typeof peopleListSchema>;

/** A sign-in that is alive. */
export const signInSchema = z.object({
  session_id: z.string(),
  kind: z.enum(['dashboard', 'chat']),
  signed_in_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  /** The very session that asks. */
  current: z.boolean(),
});

/** Answer of `GET /api/people/{id}` and of what changes a person. */
export const personDetailSchema = z.object({
  person: personSchema,
  roles: z.array(z.string()),
  sign_ins: z.array(signInSchema),
  grants: z.array(grantSchema),
  now: z.iso.datetime(),
});
export type PersonDetail = z.infer<typeof personDetailSchema>;

/** Body of `POST /api/people/{id}/disable`. */
export const disableBodySchema = z.object({ reason: z.string().trim().max(500).optional() });
