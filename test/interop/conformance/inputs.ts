import { randomBytes } from 'node:crypto';
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type ClientCapabilities,
  type InputRequest,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';

const done = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });
const states = createRequestStateCodec<{ step: number }>({ key: randomBytes(32) });

const form = (message: string, property: string): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [property]: { type: 'string' } }, required: [property] },
  });

const sample = (words: string): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens: 100,
  });

/** The tools and the prompt of the suite that ask the client for something before they answer (SEP-2322). */
export function registerInputTools(server: McpServer): void {
  const tool = (name: string, run: (context: ServerContext) => ReturnType<typeof done> | Promise<unknown> | object) =>
    server.registerTool(
      `test_${name}`,
      { description: name },
      async (context) => (await run(context)) as ReturnType<typeof done>,
    );
  const answered = (context: ServerContext, key: string) => context.mcpReq.inputResponses?.[key] !== undefined;

  tool('input_required_result_elicitation', (context) => {
    const given = acceptedContent<{ name?: string }>(context.mcpReq.inputResponses, 'user_name');
    if (typeof given?.name === 'string') return done(`Hello, ${given.name}!`);
    return inputRequired({ inputRequests: { user_name: form('What is your name?', 'name') } });
  });
  tool('input_required_result_sampling', (context) =>
    answered(context, 'capital_question')
      ? done(JSON.stringify(context.mcpReq.inputResponses))
      : inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?') } }),
  );
  tool('input_required_result_list_roots', (context) =>
    answered(context, 'client_roots')
      ? done(JSON.stringify(context.mcpReq.inputResponses))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } }),
  );
  for (const name of ['input_required_result_request_state', 'input_required_result_tampered_state']) {
    tool(name, async (context) => {
      if ((await stepOf(context)) === 1) return done('state-ok');
      const requestState = await states.mint({ step: 1 });
      return inputRequired({ inputRequests: { confirm: form('Please confirm', 'ok') }, requestState });
    });
  }
  tool('input_required_result_multiple_inputs', async (context) => {
    if ((await stepOf(context)) === 1) return done('All answered');
    const inputRequests = {
      user_name: form('What is your name?', 'name'),
      greeting: sample('Generate a greeting'),
      client_roots: inputRequired.listRoots(),
    };
    return inputRequired({ inputRequests, requestState: await states.mint({ step: 1 }) });
  });
  tool('input_required_result_multi_round', async (context) => {
    const step = await stepOf(context);
    if (step === 2) return done('Both answered');
    const [key, request] =
      step === 1
        ? (['step2', form('Step 2: What is your favorite color?', 'color')] as const)
        : (['step1', form('Step 1: What is your name?', 'name')] as const);
    return inputRequired({ inputRequests: { [key]: request }, requestState: await states.mint({ step: step + 1 }) });
  });
  tool('input_required_result_capabilities', (context) => {
    const envelope: Record<string, unknown> = { ...context.mcpReq.envelope };
    const able = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
    if (context.mcpReq.inputResponses !== undefined) return done('Answered');
    return inputRequired({
      inputRequests: {
        ...(able?.elicitation === undefined ? {} : { asked: form('What is your name?', 'name') }),
        ...(able?.sampling === undefined ? {} : { sampled: sample('Generate a greeting') }),
      },
    });
  });
  // The SDK itself refuses what the client has not said that it can do.
  tool('missing_capability', () => inputRequired({ inputRequests: { sampled: sample('Generate a greeting') } }));
  tool('streaming_elicitation', () =>
    inputRequired({ inputRequests: { user_name: form('What is your name?', 'name') } }),
  );

  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks for its context' }, (async (
    context: ServerContext,
  ) => {
    const given = acceptedContent<{ context?: string }>(context.mcpReq.inputResponses, 'user_context');
    if (given?.context === undefined) {
      return inputRequired({ inputRequests: { user_context: form('What context should the prompt use?', 'context') } });
    }
    return { messages: [{ role: 'user', content: { type: 'text', text: given.context } }] };
  }) as never);
}

/** How far the client's state says that it is; 0 without one. */
async function stepOf(context: ServerContext): Promise<number> {
  const state = context.mcpReq.requestState<string>();
  if (state === undefined) return 0;
  try {
    return (await states.verify(state, context)).step;
  } catch {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The request state is not ours.');
  }
}
