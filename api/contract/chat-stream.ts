import { z } from 'zod';
import { chatReplySchema, toolCallSchema } from './chat.ts';
import { problemSchema } from './problem.ts';

/**
 * One server-sent event of `POST /chat` and `POST /retry-message` with `Accept: text/event-stream`; its name is its
 * `type`. The stream begins with `turn` and ends after one `reply` or `problem`. Whoever loses it loses nothing: the
 * turn goes on, and the history has it.
 */
export const turnEventSchema = z.discriminatedUnion('type', [
  /** The message has been taken: in which conversation it stands. */
  z.object({ type: z.literal('turn'), session_id: z.string(), message_id: z.string() }),
  /** The agent goes on speaking: the deltas of a message, put together, are what it says. */
  z.object({ type: z.literal('text'), message_id: z.string(), delta: z.string() }),
  /** Nothing the agent has said so far in this message counts: it begins anew. */
  z.object({ type: z.literal('text_reset'), message_id: z.string() }),
  /** A call was proposed, or stands otherwise than before. */
  z.object({ type: z.literal('tool_call'), message_id: z.string(), tool_call: toolCallSchema }),
  /** The turn has ended, or waits for a person: exactly what the JSON answer would have been. */
  z.object({ type: z.literal('reply'), reply: chatReplySchema }),
  /** The turn could not be followed to its end; it goes on nevertheless. */
  z.object({ type: z.literal('problem'), problem: problemSchema }),
]);
export type TurnEvent = z.infer<typeof turnEventSchema>;
