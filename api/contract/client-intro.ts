import { z } from 'zod';

/** Through what a person asks for something, to whoever decides about it. */
export const clientIntroSchema = z.object({
  client_id: z.string(),
  /** Ours or an admin's where `verified`, else what it calls itself. */
  name: z.string(),
  calls_itself: z.string(),
  /** Ours: it comes with the product. */
  first_party: z.boolean(),
  verified: z.boolean(),
  /** Since when the person lets it act for them; null where that takes no consent. */
  acts_since: z.iso.datetime().nullable(),
});

/** What a client is called, fit to be shown, and whether that is more than its own word. */
export const clientNameSchema = clientIntroSchema.pick({ name: true, verified: true, first_party: true });
export type ClientIntro = z.infer<typeof clientIntroSchema>;
