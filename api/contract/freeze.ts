import { z } from 'zod';

/** Why no elevated scope counts for now, said by whom and since when. */
export const freezeSchema = z.object({
  reason: z.string(),
  /** E-mail address of the admin. */
  by: z.string(),
  since: z.iso.datetime(),
});
export type FreezeView = z.infer<typeof freezeSchema>;

/** Body of `POST /api/freeze`. */
export const freezeBodySchema = z.object({ reason: z.string().trim().min(1, 'say why').max(500) });

/** Answer of `GET /api/freeze`, `POST /api/freeze` and `POST /api/freeze/lift`. */
export const freezeStateSchema = z.object({
  freeze: freezeSchema.nullable(),
  can_change: z.boolean(),
  now: z.iso.datetime(),
});
export type FreezeState = z.infer<typeof freezeStateSchema>;
