import { z } from 'zod';
import { problemSchema } from './problem.ts';
import { approveBodySchema, denyBodySchema, requestStatusSchema } from './scope-requests.ts';

/** Body of `POST /api/decisions`: one verdict on several requests of the same tool, scopes and risk. */
export const batchDecisionBodySchema = z
  .strictObject({
    verdict: z.enum(['approve', 'deny']),
    request_ids: z
      .array(z.string().regex(/^[\w:.-]{1,128}$/, 'is not the id of a request'))
      .min(1)
      .max(50),
    /** Of an approval. */
    comment: approveBodySchema.shape.comment,
    duration_seconds: approveBodySchema.shape.duration_seconds,
    /** Of a denial, which needs one. */
    reason: denyBodySchema.shape.reason.optional(),
  })
  .refine(({ verdict, reason }) => verdict === 'approve' || reason !== undefined, {
    path: ['reason'],
    message: 'Say why: the requesters read it.',
  });
export type BatchDecisionBody = z.output<typeof batchDecisionBodySchema>;

/** Answer of `POST /api/decisions`, in the order of the ids: each was a decision of its own. */
export const batchDecisionSchema = z.object({
  results: z.array(
    z.object({
      request_id: z.string(),
      /** `recorded` is a decision that is being delivered (202), `refused` one that was not taken. */
      outcome: z.enum(['decided', 'recorded', 'refused']),
      request: requestStatusSchema.nullable(),
      /** Why it was refused. */
      problem: problemSchema.nullable(),
    }),
  ),
  now: z.iso.datetime(),
});
export type BatchDecision = z.infer<typeof batchDecisionSchema>;
