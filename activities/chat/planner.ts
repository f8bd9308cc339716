import type { ModelEvent, ModelInput, ModelPort, ToolDescription, TranscriptItem } from './model-port.ts';
import { understand } from './planner-commands.ts';
import { quoteOutcome } from './quote-outcome.ts';

/** The model that is always there: fixed phrases, no model. It makes one call a turn and quotes what came back. */
export function createPlanner(): ModelPort {
  return {
    identity: { model: 'offline planner', offline: true, description: 'offline planner: patterns, no model' },
    async *step(input) {
      yield* answer(input);
    },
  };
}

function answer({ transcript, tools }: ModelInput): ModelEvent[] {
  const last = transcript.at(-1);
  if (last?.kind === 'call') return say(quoteOutcome(last));
  const text = last?.kind === 'user' ? last.text : lastUserText(transcript);
  const understood = understand(text);
  switch (understood.kind) {
    case 'help':
      return say(`I am the offline planner: patterns, no model.\n\n${whatIKnow(tools)}`);
    case 'unknown':
      return say(
        `I did not understand that, and I do not guess: I am an offline planner that knows fixed phrases, not a language model.\n\n${whatIKnow(tools)}`,
      );
    case 'call': {
      const { call } = understood;
      if (!tools.some(({ name }) => name === call.name)) {
        return say(
          `The tool server does not offer \`${call.name}\` at the moment, so I cannot do that.\n\n${whatIKnow(tools)}`,
        );
      }
      return [{ type: 'tool_call', ...call }, { type: 'finish' }];
    }
    default:
      return understood satisfies never;
  }
}

function say(text: string): ModelEvent[] {
  return [{ type: 'text_delta', text }, { type: 'text_end' }, { type: 'finish' }];
}

const phrasesOfTools: readonly { tool: string; phrase: string; command: string }[] = [
  { tool: 'list_files', phrase: 'List files in current directory', command: '/ls [path]' },
  { tool: 'execute_command', phrase: 'Execute command: ps aux | head -5', command: '/run <command>' },
  { tool: 'get_server_info', phrase: 'server info', command: '/info' },
  { tool: 'health_check', phrase: 'health check', command: '/health' },
  { tool: 'list_users', phrase: 'list users', command: '/users' },
  {
    tool: 'set_user_roles',
    phrase: '/roles user@example.com developer, user',
    command: '/roles <address> <roles>',
  },
  { tool: 'list_tool_scopes', phrase: 'list tool scopes', command: '/scopes' },
];

function whatIKnow(tools: readonly ToolDescription[]): string {
  const known = phrasesOfTools.filter(({ tool }) => tools.some(({ name }) => name === tool));
  if (known.length === 0) return 'The tool server offers nothing that I know how to ask for.';
  return ['What I know:', ...known.map(({ phrase, command }) => `- \`${phrase}\` or \`${command}\``), '- `/help`'].join(
    '\n',
  );
}

function lastUserText(transcript: readonly TranscriptItem[]): string {
  return transcript.findLast((item) => item.kind === 'user')?.text ?? '';
}
