import { storable } from './storable-text.ts';
import { judgeCall } from './model-arguments.ts';
import { modelFailureText } from './model-failure.ts';
import type { ModelInput, ModelPort, ToolDescription, TranscriptItem } from './model-port.ts';

/** A call that cannot be proposed goes back to the model once. */
const mostProposals = 2;
/** A reply longer than this is cut, in characters. */
const longestReply = 32_000;

/** What one step came to. */
export type StepResult =
  | { kind: 'text'; text: string }
  | { kind: 'call'; tool: ToolDescription; arguments: Record<string, unknown> }
  | { kind: 'failed'; text: string };

type Said = Exclude<StepResult, { kind: 'call' }> | { kind: 'call'; name: string; arguments: unknown };

/**
 * Asks the model for one step. A call that no tool of the server would take goes back to the model once and then ends
 * the turn: it is never proposed, so nobody is asked to approve it.
 *
 * @param options.onText is told what the model has said so far, as it says it; nothing of it counts before the step ends
 * @throws the reason of `signal`
 */
export async function askModel(
  model: ModelPort,
  input: ModelInput,
  { signal, onText }: { signal?: AbortSignal; onText?: (saidSoFar: string) => void } = {},
): Promise<StepResult> {
  const rejected: Extract<TranscriptItem, { kind: 'rejected_call' }>[] = [];
  while (rejected.length < mostProposals) {
    const said = await listen(model, { ...input, transcript: [...input.transcript, ...rejected] }, onText, signal);
    if (said.kind !== 'call') return said;
    const judged = judgeCall(input.tools, said);
    if (judged.ok) return { kind: 'call', tool: judged.tool, arguments: judged.arguments };
    rejected.push({ kind: 'rejected_call', name: said.name, arguments: said.arguments, problem: judged.problem });
  }
  const { name = '', problem = '' } = rejected.at(-1) ?? {};
  const tool = storable(name).replaceAll('`', '').slice(0, 100);
  return { kind: 'failed', text: `I wanted to call \`${tool}\`, but ${storable(problem)}. The call was not made.` };
}

/** Collects what the model says up to its first call. */
async function listen(
  model: ModelPort,
  input: ModelInput,
  onText: ((saidSoFar: string) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<Said> {
  let text = '';
  for await (const event of model.step(input, signal)) {
    switch (event.type) {
      case 'text_delta':
        text += event.text;
        if (text.length > longestReply)
          return { kind: 'text', text: `${storable(text.slice(0, longestReply)).trim()} … (cut short)` };
        onText?.(text);
        break;
      case 'restart':
        text = '';
        onText?.(text);
        break;
      case 'tool_call':
        return { kind: 'call', name: event.name, arguments: event.arguments };
      case 'error':
        return { kind: 'failed', text: modelFailureText(event.failure) };
      case 'text_end':
      case 'finish':
        break;
      default:
        event satisfies never;
    }
  }
  const reply = storable(text).trim();
  return reply === '' ? { kind: 'failed', text: modelFailureText('empty_answer') } : { kind: 'text', text: reply };
}
