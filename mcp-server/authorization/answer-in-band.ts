import type { CallToolResult } from '@modelcontextprotocol/server';
import { DomainError } from '../../workflows/domain/errors.ts';
import { beginCall } from '../auth/begin-call.ts';
import type { CallPermit, InBandRefusal } from '../auth/call-permits.ts';
import type { Authority } from '../ports.ts';
import { parkCall } from '../tasks/park-call.ts';
import type { TaskStore } from '../tasks/ports.ts';
import type { HeldCall } from '../tools/register-tool.ts';
import { asking, notApproved } from './asking.ts';
import type { CallHolder } from './call-holder.ts';
import type { AuthorizationApi } from './ports.ts';
import { refusalResult } from './refusal-result.ts';
import { stillRefused, type Asked } from './still-refused.ts';

/** What {@link answerInBand} asks. */
export interface InBandDeps {
  authority: Pick<Authority, 'standing' | 'startCall'>;
  /** Where calls are parked; without it none is. */
  tasks?: TaskStore;
  holder: CallHolder;
  authorizations: AuthorizationApi;
  issuer: string;
}

/**
 * Answers a refused call in its result. For a client that cannot step up the scope is asked for in its place (RULES 20),
 * unless the last answer still stands. What policy grants at once lets the very call run; what a person has to decide is
 * waited for where the client can wait: as a task, or holding its call for a while.
 */
export async function answerInBand(
  deps: InBandDeps,
  refused: InBandRefusal,
  token: string,
  held: HeldCall,
): Promise<{ permit: CallPermit } | { result: CallToolResult }> {
  const asked = await ask(deps, refused, token);
  // The result of a parked call is replaced on the wire; it says the same to whoever should see it all the same.
  const parked =
    refused.canWait && deps.tasks !== undefined && (await parkCall(deps.tasks, refused, asked, deps.issuer));
  const waits = !parked && asked.approval_url !== undefined;
  const answered = waits ? await waitFor(deps, refused, asked, token, held) : asked;
  if (answered.granted) {
    const permit = await begin(deps, refused);
    if (permit !== undefined) return { permit };
  }
  const { granted: _, ...said } = answered;
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
      failure.code === 'justification_required' ? ' Ask for it by request_authorization, with the reason.' : '';
    return {
      granted: false,
      message: `${toolName} needs ${requiredScope}, and it could not be asked for: ${failure.message}${hint}`,
    };
  }
}

/** What came of a request while the client held its call; as it was where nothing did. */
async function waitFor(
  deps: InBandDeps,
  refused: InBandRefusal,
  asked: Asked,
  token: string,
  held: HeldCall,
): Promise<Asked> {
  const requestId = asked.approval_request_id;
  if (requestId === undefined) return asked;
  const { clientId, person } = refused.caller;
  const owner = JSON.stringify([person.subject, clientId]);
  const request = await deps.holder.wait(deps.authorizations.of(token), requestId, held, asked.message, owner);
  if (request === undefined) return asked;
  return request.status === 'approved' ? { ...asked, granted: true } : notApproved(refused, request);
}

/** What has just been granted stands in the database: the call is judged anew by that. */
async function begin(deps: InBandDeps, refused: InBandRefusal): Promise<CallPermit | undefined> {
  const { caller } = refused;
  const standing = await deps.authority.standing({ token: caller.token(), ...caller.origin, allOfClient: true });
  const begun = await beginCall(deps.authority, refused, standing?.inBand?.live ?? []);
  return 'permit' in begun ? begun.permit : undefined;
}
