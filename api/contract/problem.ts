import { z } from 'zod';
import { domainErrorCodes } from '../../workflows/domain/errors.ts';

/** RFC 9457 problem document; `code` is stable and what programs test. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(domainErrorCodes),
  detail: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;
