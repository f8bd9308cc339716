/** The message that an action is about. */
export interface MessageTarget {
  sessionId: string;
  messageId: string;
}
