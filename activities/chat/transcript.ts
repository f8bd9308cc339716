import type { CallStatus } from '../../workflows/domain/call-status.ts';
import type { ChatMessage } from '../store/chat-messages.ts';
import type { ToolCall } from '../store/tool-call-runs.ts';
import type { CallOutcome, TranscriptItem } from './model-port.ts';

/**
 * What the model is shown for one turn: the conversation up to that turn, calls that still wait filled in as waiting.
 * Later messages are left out, because a parked turn is finished as if it had never paused.
 */
export function transcriptOf(
  messages: readonly ChatMessage[],
  calls: readonly ToolCall[],
  messageId: string,
): TranscriptItem[] {
  const turn = messages.find(({ message_id }) => message_id === messageId);
  const asked = messages.findIndex(({ message_id }) => message_id === turn?.reply_to);
  const before = messages.slice(0, asked + 1).flatMap((message): TranscriptItem[] => {
    if (message.role === 'user')
      return message.status === 'failed' || message.status === 'stopped'
        ? []
        : [{ kind: 'user', text: message.content }];
    const text = message.status === 'stopped' ? `${message.content}\n(stopped by the person)`.trim() : message.content;
    return [...callsOf(calls, message.message_id), { kind: 'assistant', text }];
  });
  return [...before, ...callsOf(calls, messageId)];
}

function callsOf(calls: readonly ToolCall[], messageId: string): TranscriptItem[] {
  return calls
    .filter((call) => call.message_id === messageId && call.status !== 'superseded')
    .map((call) => ({
      kind: 'call',
      callId: call.call_id,
      name: call.name,
      arguments: call.arguments,
      outcome: { kind: outcomeKind(call.status), content: call.result ?? withoutResult(call) },
    }));
}

/** What stands for a result that is not there, or not yet. */
function withoutResult({ status, request_id }: ToolCall): CallOutcome['content'] {
  return request_id === null ? { status } : { status, request: request_id };
}

function outcomeKind(status: CallStatus): CallOutcome['kind'] {
  switch (status) {
    case 'succeeded':
      return 'result';
    case 'failed':
      return 'tool_error';
    case 'proposed':
    case 'parked':
    case 'ready':
    case 'running':
      return 'waiting';
    case 'unknown':
    case 'denied':
    case 'expired':
    case 'cancelled':
    case 'superseded':
    case 'scope_unavailable':
      return 'ended';
    default:
      return status satisfies never;
  }
}
