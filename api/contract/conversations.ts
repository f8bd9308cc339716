import { z } from 'zod';

/** The longest name of a conversation. */
export const longestTitle = 120;

/** Body of `POST /api/chat-sessions/{id}/rename`. */
export const renameConversationSchema = z.object({
  title: z.string().trim().min(1, 'Give it a name.').max(longestTitle),
});

/** Answer of `POST /api/chat-sessions/{id}/rename`. */
export const conversationNameSchema = z.object({ session_id: z.string(), title: z.string() });

/** Answer of `POST /api/chat-sessions/{id}/stop`. */
export const stoppedSchema = z.object({
  session_id: z.string(),
  /** Messages whose turn goes no further; empty when nothing was under way. */
  stopped_messages: z.array(z.string()),
  /** Calls that had not begun and never will. */
  cancelled_calls: z.array(z.string()),
  /** Calls that run already: they are not undone, and their outcome appears in the conversation. */
  running_calls: z.array(z.string()),
});
export type Stopped = z.infer<typeof stoppedSchema>;
