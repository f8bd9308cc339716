import { scopeChallenge } from '../auth/scope-challenge.ts';
import type { Authority, Log } from '../ports.ts';
import type { ToolScopes } from '../auth/tool-scopes.ts';
import { CallRecorder } from './call-recorder.ts';
import type { ToolHost } from './register-tool.ts';

/** What tools are registered with at a resource server. */
export function toolHost(
  about: { resource: string; authority: Authority; logger: Log; toolScopes?: ToolScopes },
  answerInBand: ToolHost['answerInBand'],
): ToolHost {
  return {
    challenge: (tool) => {
      about.toolScopes?.note(tool);
      return scopeChallenge(about.authority, about.resource, tool);
    },
    recorder: new CallRecorder(about.authority, about.logger),
    answerInBand,
  };
}
