import type { ChatMessageView } from '../../../api/contract/chat.ts';
import type { LiveTurn } from './turn-store.ts';

/** Whether the history has what was asked by now: then it is shown from there, and only once. */
export function hasArrived(turn: Pick<LiveTurn, 'asked' | 'knownIds'>, history: readonly ChatMessageView[]): boolean {
  const { asked } = turn;
  if (asked === undefined) return true;
  return history.some(
    (message) =>
      message.role === 'user' && !turn.knownIds.has(message.message_id) && message.content.trim() === asked.trim(),
  );
}

/** Whether the conversation is doing something that can be stopped. */
export function isUnderWay(history: readonly ChatMessageView[]): boolean {
  return history.some(
    ({ status, tool_calls: calls = [] }) =>
      status === 'queued' ||
      status === 'running' ||
      (status === 'awaiting_authorization' && calls.some(({ status: call }) => call === 'ready' || call === 'running')),
  );
}
