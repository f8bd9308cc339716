import type { ModelFailure } from './model-failure.ts';

/** A tool as the tool server lists it. */
export interface ToolDescription {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  inputSchema: Readonly<Record<string, unknown>>;
  /** Read-only or idempotent by its own annotations: repeating it does no harm. */
  repeatable: boolean;
}

/** How a call in the transcript came out. */
export interface CallOutcome {
  /** `ended` calls never ran: they were denied, expired, withdrawn or unavailable. */
  kind: 'result' | 'tool_error' | 'ended' | 'waiting';
  content: Readonly<Record<string, unknown>>;
}

/** One entry of what the model is shown, oldest first. */
export type TranscriptItem =
  | { kind: 'user'; text: string }
  | { kind: 'assistant'; text: string }
  | { kind: 'call'; callId: string; name: string; arguments: Readonly<Record<string, unknown>>; outcome: CallOutcome }
  /** A call of this very step that was turned back before anybody saw it: the model may mend it once. */
  | { kind: 'rejected_call'; name: string; arguments: unknown; problem: string };

/** What one step works on. */
export interface ModelInput {
  transcript: readonly TranscriptItem[];
  tools: readonly ToolDescription[];
}

/** What a step says, as it says it. A step proposes at most one call; it never makes one. */
export type ModelEvent =
  | { type: 'text_delta'; text: string }
  | { type: 'text_end' }
  /** Nothing said in this step so far counts: it is said anew. */
  | { type: 'restart' }
  /** Not yet judged: the arguments may be anything. */
  | { type: 'tool_call'; name: string; arguments: unknown }
  | { type: 'finish' }
  | { type: 'error'; failure: ModelFailure };

/** Who answers, as the page's header names it. */
export interface ModelIdentity {
  model: string;
  offline: boolean;
  description: string;
}

/** The one thing the turn loop knows about a model: from a transcript to what comes next. */
export interface ModelPort {
  readonly identity: ModelIdentity;
  /** @param signal stops the step; it then throws the signal's reason */
  step(input: ModelInput, signal?: AbortSignal): AsyncIterable<ModelEvent>;
}
