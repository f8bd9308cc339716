import type { TurnFailure } from '../../workflows/domain/chat-endings.ts';
import type { ChatWork } from '../../workflows/domain/chat-work.ts';

/** Local activities of `chatSession`, on the orchestration worker: they read and write the database only. */
export interface SessionWork {
  /** What the conversation does next. */
  findChatWork(input: { sessionId: string }): Promise<ChatWork>;
  /** Begins the turn of a user message. */
  beginChatTurn(input: { messageId: string }): Promise<void>;
  /** Ends a turn whose call ended without the tool: the text is ours, not the model's. */
  finishChatTurn(input: { messageId: string }): Promise<void>;
  /** Decides what became of a call whose attempt was cut off, or gives up on one that cannot be tried. */
  settleChatCall(input: { callId: string; giveUp: boolean }): Promise<void>;
  /** Ends a turn in which the model could not be asked. */
  failChatTurn(input: { messageId: string; failure: TurnFailure }): Promise<void>;
}

/** Activities of `chatSession` on the chat queue, polled by the `chat` role: the model and the tools. */
export interface ChatActivities {
  /** Asks the model what comes next: the turn ends with its text, or a call is proposed. */
  modelStep(input: { messageId: string }): Promise<void>;
  /** Tries a call once: it ends, is parked, or could not be tried and stands as it stood (`unavailable`). */
  runCall(input: { callId: string }): Promise<{ outcome: 'done' | 'unavailable' }>;
}
