import type { ToolAnswer, ToolServer } from '../../activities/chat/tool-server.ts';
import type { Holder } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { upgradeScope } from '../approvals/upgrade-scope.ts';
import type { ToolCallAnswer } from '../contract/tools.ts';
import type { Caller } from '../sessions/caller.ts';
import { toolToken, type ToolTokenDeps } from './tool-token.ts';

/** What calling a tool takes. */
export interface ToolCallDeps extends ApprovalDeps, ToolTokenDeps {
  toolServer: Pick<ToolServer, 'call' | 'list'>;
}

/** The call that the browser asks for. */
export interface AskedCall {
  name: string;
  arguments: Record<string, unknown>;
}

/**
 * Calls a hosted tool as the signed-in person, through the client `countersign-dashboard`: the token is made, used and
 * forgotten here, the browser never sees it. What policy grants at once is asked for at the first use, like in the
 * chat, and nothing else is (RULES 20). The MCP server judges and audits the call as it does everybody's.
 *
 * @throws {DomainError} `client_not_allowed` for a bearer, which calls the tool server itself; `not_found`;
 * `temporarily_unavailable` when nothing could run.
 */
export async function callTool(deps: ToolCallDeps, caller: Caller, call: AskedCall): Promise<ToolCallAnswer> {
  if (caller.kind !== 'browser') {
    throw new DomainError(
      'client_not_allowed',
      `This is for the dashboard. With a token of your own, call the tool server: ${deps.mcpResource}`,
    );
  }
  await refuseForeignTool(deps, call.name);
  const holder: Holder = {
    subject: caller.person.subject,
    clientId: caller.clientId,
    ...(caller.sessionId === undefined ? {} : { sessionId: caller.sessionId }),
  };
  const attempt = async (): Promise<ToolAnswer> => deps.toolServer.call(await toolToken(deps, holder), call);
  const first = await attempt();
  if (first.kind !== 'insufficient_scope' || first.error.approval_type !== 'auto') return toAnswer(first);
  const upgrade = await upgradeScope(deps, caller, {
    scopes: [first.error.required_scope],
    tool_name: call.name,
    tool_args: call.arguments,
  });
  return toAnswer(upgrade.status === 'approved' ? await attempt() : first);
}

async function refuseForeignTool(deps: ToolCallDeps, name: string): Promise<void> {
  const { tools } = await livePolicy(deps.db);
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (tool === undefined) throw new DomainError('not_found', 'The policy knows no tool of that name.');
  if (tool.hosted === false) {
    throw new DomainError('not_found', `${name} is a tool of another server. It can be asked for here, not called.`);
  }
}

function toAnswer(answer: ToolAnswer): ToolCallAnswer {
  switch (answer.kind) {
    case 'result':
      return { status: answer.isError ? 'failed' : 'succeeded', result: answer.content };
    case 'insufficient_scope':
      return { status: 'insufficient_scope', authorization_error: answer.error };
    case 'refused':
      return { status: 'failed', result: { error: answer.message } };
    case 'unauthorized':
      return {
        status: 'failed',
        result: { error: 'The tool server did not accept this server’s token. Tell whoever operates it.' },
      };
    case 'lost':
      return {
        status: 'unknown',
        message: 'The connection to the tool server broke while the call was on its way: it may have run. Look first.',
      };
    case 'unavailable':
      throw new DomainError(
        'temporarily_unavailable',
        'The tool server cannot be reached right now. Nothing has run: try again in a moment.',
      );
    default:
      return answer satisfies never;
  }
}
