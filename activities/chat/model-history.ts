import type { CallOutcome, TranscriptItem } from './model-port.ts';

/** A line of the prompt: what the transcript says, made short enough. */
export type HistoryItem =
  | { kind: 'user' | 'assistant'; text: string }
  | { kind: 'call'; name: string; arguments: Readonly<Record<string, unknown>>; answer: string };

/** How much of a conversation a model is shown, in characters. */
export interface HistoryLimits {
  total: number;
  /** Of one tool's answer. */
  answer: number;
  /** Even when `total` is used up, each answer of the turn itself is shown to this length. */
  leastAnswer: number;
  items: number;
}

/** About ten thousand tokens in all. */
export const historyLimits: HistoryLimits = { total: 36_000, answer: 12_000, leastAnswer: 500, items: 80 };

/**
 * The newest part of a transcript that fits. The turn itself is always there, earlier ones as far as there is room,
 * beginning with what the person said.
 */
export function boundedHistory(
  transcript: readonly TranscriptItem[],
  limits: HistoryLimits = historyLimits,
): HistoryItem[] {
  const turn = transcript.findLastIndex(({ kind }) => kind === 'user');
  const shown: HistoryItem[] = [];
  let left = limits.total;
  for (let index = transcript.length - 1; index >= 0; index -= 1) {
    const item = transcript[index];
    if (item === undefined) continue;
    const line = historyItem(item, Math.max(limits.leastAnswer, Math.min(limits.answer, left)));
    if (line === undefined) continue;
    const size = sizeOf(line);
    if (index < turn && (size > left || shown.length >= limits.items)) break;
    left -= size;
    shown.unshift(line);
  }
  const first = shown.findIndex(({ kind }) => kind === 'user');
  return first === -1 ? shown : shown.slice(first);
}

function historyItem(item: TranscriptItem, longest: number): HistoryItem | undefined {
  switch (item.kind) {
    case 'user':
      return { kind: 'user', text: item.text };
    case 'assistant':
      return item.text === '' ? undefined : { kind: 'assistant', text: item.text };
    case 'call':
      return { kind: 'call', name: item.name, arguments: item.arguments, answer: answerOf(item.outcome, longest) };
    case 'rejected_call':
      return {
        kind: 'call',
        name: item.name,
        arguments: {},
        answer: `Not made: ${item.problem}. The arguments were: ${cut(JSON.stringify(item.arguments) ?? '', 1_000)}. Call the tool again with arguments that fit its schema, or answer without it.`,
      };
    default:
      return item satisfies never;
  }
}

/** What a call came to, as JSON: to the model it is data about the call, whatever the text in it says. */
function answerOf(outcome: CallOutcome, longest: number): string {
  switch (outcome.kind) {
    case 'result':
      return cut(JSON.stringify(outcome.content), longest);
    case 'tool_error':
      return cut(`The tool answered with an error: ${JSON.stringify(outcome.content)}`, longest);
    case 'ended':
      return cut(`Not run, or not known to have run: ${JSON.stringify(outcome.content)}`, longest);
    case 'waiting':
      return cut(`Pending, nothing has run yet: ${JSON.stringify(outcome.content)}`, longest);
    default:
      return outcome.kind satisfies never;
  }
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()} … (cut short)`;
}

function sizeOf(line: HistoryItem): number {
  return line.kind === 'call' ? line.answer.length + JSON.stringify(line.arguments).length : line.text.length;
}
