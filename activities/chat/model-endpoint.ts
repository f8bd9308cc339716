import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText, type LanguageModel } from 'ai';
import type { Logger } from 'pino';
import { modelFault } from './model-error.ts';
import { modelFetch } from './model-fetch.ts';
import type { ModelEvent, ModelInput, ModelPort } from './model-port.ts';
import { modelPrompt, type ModelPrompt } from './model-prompt.ts';
import type { ModelSettings } from './model-settings.ts';

interface EndpointDeps {
  logger: Pick<Logger, 'warn'>;
  /** Tries again of a request that was turned away or did not arrive, before anything was said. */
  retries?: number;
}

type Ask = { model: LanguageModel; prompt: ModelPrompt; signal: AbortSignal; retries: number };

/** A language model behind an OpenAI-compatible Chat Completions endpoint, one step at a time. */
export function createEndpointModel(settings: ModelSettings, deps: EndpointDeps): ModelPort {
  const { host } = new URL(settings.baseUrl);
  const { timeoutMs, streaming } = settings;
  const provider = createOpenAICompatible({
    name: 'model',
    baseURL: settings.baseUrl,
    fetch: modelFetch,
    ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
  });
  // The library's own lines on the console are not ours to show.
  globalThis.AI_SDK_LOG_WARNINGS = false;

  return {
    identity: { model: settings.model, offline: false, description: `${settings.model} at ${host}` },
    async *step(input: ModelInput, stop?: AbortSignal) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const over = new AbortController();
      const signal = AbortSignal.any([deadline, over.signal, ...(stop === undefined ? [] : [stop])]);
      const ask: Ask = {
        model: provider.chatModel(settings.model),
        prompt: modelPrompt(input),
        signal,
        retries: deps.retries ?? 2,
      };
      const ways = streaming ? [asStream, asWhole] : [asWhole];
      try {
        for (const [index, way] of ways.entries()) {
          try {
            yield* way(ask);
            return;
          } catch (thrown) {
            stop?.throwIfAborted();
            const fault = modelFault(thrown, deadline.aborted);
            deps.logger.warn({ ...fault, host, model: settings.model }, 'the model gave no usable answer');
            if (fault.failure !== 'unusable_answer' || index === ways.length - 1) {
              yield { type: 'error', failure: fault.failure };
              return;
            }
            yield { type: 'restart' };
          }
        }
      } finally {
        // Also when the caller has heard enough: the endpoint need not go on.
        over.abort();
      }
    },
  };
}

function common({ model, prompt, signal, retries }: Ask) {
  return { model, ...prompt, abortSignal: signal, maxRetries: retries };
}

/** @throws what the endpoint or the library threw; arguments that are no JSON too, because streams lose pieces */
async function* asStream(ask: Ask): AsyncGenerator<ModelEvent> {
  // What goes wrong is thrown below; by default the library would print it, request and all.
  const { stream } = streamText({ ...common(ask), onError: () => undefined });
  for await (const part of stream) {
    if (part.type === 'text-delta') yield { type: 'text_delta', text: part.text };
    else if (part.type === 'text-end') yield { type: 'text_end' };
    else if (part.type === 'error') throw part.error;
    else if (part.type === 'abort') throw ask.signal.reason;
    else if (part.type === 'tool-call') {
      if (part.invalid === true && typeof part.input === 'string') throw new SyntaxError('Arguments are no JSON.');
      yield { type: 'tool_call', name: part.toolName, arguments: part.input };
    } else if (part.type === 'finish') yield* ending(part.finishReason);
  }
}

/** @throws what the endpoint or the library threw */
async function* asWhole(ask: Ask): AsyncGenerator<ModelEvent> {
  const { text, toolCalls, finishReason } = await generateText(common(ask));
  if (text !== '') yield { type: 'text_delta', text };
  yield { type: 'text_end' };
  for (const { toolName, input } of toolCalls) yield { type: 'tool_call', name: toolName, arguments: input as unknown };
  yield* ending(finishReason);
}

function* ending(reason: string): Generator<ModelEvent> {
  if (reason === 'length') yield { type: 'text_delta', text: ' … (cut short by the model’s own limit)' };
  yield { type: 'finish' };
}
