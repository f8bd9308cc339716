import type { ToolDescription } from '../../activities/chat/model-port.ts';
import type { ToolServer } from '../../activities/chat/tool-server.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ToolDescriptionView } from '../contract/tools.ts';
import type { Caller } from '../sessions/caller.ts';
import { toolToken, type ToolTokenDeps } from './tool-token.ts';

/** What describing a tool takes. */
export interface DescribeToolDeps extends ToolTokenDeps {
  toolServer: Pick<ToolServer, 'list'>;
}

const rememberedMs = 30_000;

/**
 * Describes a hosted tool as the tool server does, arguments included. The list is asked for with the caller's own
 * token and is the same for everybody, so it is remembered for a short while.
 */
export function toolDescriber(deps: DescribeToolDeps): (caller: Caller, name: string) => Promise<ToolDescriptionView> {
  let known: { tools: readonly ToolDescription[]; until: number } | undefined;
  const list = async (caller: Caller): Promise<readonly ToolDescription[]> => {
    const now = deps.now().getTime();
    if (known !== undefined && now < known.until) return known.tools;
    const token = await toolToken(deps, { subject: caller.person.subject, clientId: caller.clientId });
    const tools = await deps.toolServer.list(token).catch((cause: unknown) => {
      throw new DomainError(
        'temporarily_unavailable',
        'The tool server cannot be reached right now. Try again in a moment.',
        { cause },
      );
    });
    known = { tools, until: now + rememberedMs };
    return tools;
  };
  return async (caller, name) => {
    if (caller.kind !== 'browser') {
      throw new DomainError(
        'client_not_allowed',
        'This is for the dashboard. With a token, ask the tool server itself.',
      );
    }
    const tool = (await list(caller)).find((one) => one.name === name);
    if (tool === undefined) throw new DomainError('not_found', 'The tool server offers no tool of that name.');
    return {
      name: tool.name,
      description: tool.description,
      input_schema: { ...tool.inputSchema },
      repeatable: tool.repeatable,
      now: deps.now().toISOString(),
    };
  };
}
