/** Task queues; one role polls each. */
export const taskQueues = {
  /** Workflows and orchestration activities, polled by `worker`. */
  orchestration: 'countersign',
  /** Polled by `mint` alone (RULES 12). */
  mint: 'countersign-mint',
  /** Model steps and tool calls, polled by `chat`. */
  chat: 'countersign-chat',
} as const;
