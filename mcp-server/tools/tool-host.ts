import { scopeChallenge } from '../auth/scope-challenge.ts';
import type { Authority, Log } from '../ports.ts';
import { CallRecorder } from './call-recorder.ts';
import type { ToolHost } from './register-tool.ts';

/** What tools are registered with at a resource server. */
export function toolHost(
  about: { resource: string; authority: Authority; logger: Log },
  answerInBand: ToolHost['answerInBand'],
): ToolHost {
  return {
    challenge: (tool) => scopeChallenge(about.authority, about.resource, tool),
    recorder: new CallRecorder(about.authority, about.logger),
    answerInBand,
  };
}
