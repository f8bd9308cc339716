import type { CallToolResult } from '@modelcontextprotocol/server';
import { DomainError } from '../../workflows/domain/errors.ts';
import { beginCall } from '../auth/begin-call.ts';
import type { CallPermit, InBandRefusal } from '../auth/call-permits.ts';
import type { Authority } from '../ports.ts';
import { asking } from './asking.ts';
import type { AuthorizationApi } from './ports.ts';
import { refusalResult } from './refusal-result.ts';
import { stillRefused, type Asked } from './still-refused.ts';

/** What {@link answerInBand} asks. */
export interface InBandDeps {
  authority: Pick<Authority, 'standing' | 'startCall'>;
  authorizations: AuthorizationApi;
  issuer: string;
}

/**
 * Answers a refused call in its result. For a client that cannot step up the scope is asked for in its place (RULES 20),
 * unless the last answer still stands. What policy grants at once lets the very call run.
 */
export async function answerInBand(
  deps: InBandDeps,
  refused: InBandRefusal,
  token: string,
): Promise<{ permit: CallPermit } | { result: CallToolResult }> {
  const asked = await ask(deps, refused, token);
  if (asked.granted) {
    const permit = await begin(deps, refused);
    if (permit !== undefined) return { permit };
  }
  const { granted: _, ...said } = asked;
  return { result: refusalResult({ ...refused.error, ...said }) };
}

async function ask(deps: InBandDeps, refused: InBandRefusal, token: string): Promise<Asked> {
  const { toolName, requiredScope, args, error, coolDown } = refused;
  if (error.approval_type === 'forbidden') {
    return {
      granted: false,
      message: `${toolName} needs ${requiredScope}, which the policy gives you in no way. Do without it.`,
    };
  }
  if (coolDown !== undefined) return stillRefused(refused, coolDown);
  try {
    const answer = await deps.authorizations
      .of(token)
      .ask({ scopes: [requiredScope], tool_name: toolName, tool_args: args });
    return asking(deps.issuer, refused, answer);
  } catch (failure) {
    if (!(failure instanceof DomainError)) throw failure;
    const hint =
      failure.code === 'justification_required'
        ? ' Ask for it in the dashboard or in your client, with a justification.'
        : '';
    return {
      granted: false,
      message: `${toolName} needs ${requiredScope}, and it could not be asked for: ${failure.message}${hint}`,
    };
  }
}

/** What has just been granted stands in the database: the call is judged anew by that. */
async function begin(deps: InBandDeps, refused: InBandRefusal): Promise<CallPermit | undefined> {
  const { caller } = refused;
  const standing = await deps.authority.standing({ token: caller.token(), ...caller.origin });
  const begun = await beginCall(deps.authority, refused, standing?.inBand?.live ?? []);
  return 'permit' in begun ? begun.permit : undefined;
}
