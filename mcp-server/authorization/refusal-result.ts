import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { authorizationErrorSchema } from '../../api/contract/authorization-error.ts';

/** The structured authorization error as a tool's result carries it: what to do next, and the request already made. */
export const refusalResultSchema = authorizationErrorSchema.extend({
  message: z.string(),
  approval_request_id: z.string().optional(),
  /** A page that a model can show to its person. */
  approval_url: z.string().optional(),
  /** Until when the request can be decided. */
  expires_at: z.string().optional(),
  /** Until when the last answer stands and nobody is asked again. */
  stands_until: z.string().optional(),
});
type RefusalResult = z.infer<typeof refusalResultSchema>;

/** A result that says why the tool has not run, to programs and to models alike. */
export function refusalResult(refusal: RefusalResult): CallToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: JSON.stringify(refusal) }],
    structuredContent: { ...refusal },
  };
}
