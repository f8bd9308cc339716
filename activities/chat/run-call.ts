import { DomainError } from '../../workflows/domain/errors.ts';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';
import { callDigest } from '../store/call-digest.ts';
import { cancelWhenStopped } from '../store/stop-turns.ts';
import { claimCall, findCallWithSubject, noteRefusal, type ToolCall } from '../store/tool-call-runs.ts';
import type { CallDeps } from './call-deps.ts';
import { endCall, giveBack, parkForScope, parkForSignIn } from './end-call.ts';
import type { ToolAnswer } from './tool-server.ts';
import { upgradeAtOnce } from './upgrade-at-once.ts';

type Outcome = { outcome: 'done' | 'unavailable' };
const done: Outcome = { outcome: 'done' };

/**
 * Tries a call once: claim, call, result. The claim is what makes it at most once; whoever comes second finds nothing
 * to claim (RULES 22).
 */
export async function tryCall(deps: CallDeps, callId: string, signal?: AbortSignal): Promise<Outcome> {
  const found = await findCallWithSubject(deps.db, callId);
  if (found === undefined) return done;
  const { call, subject } = found;
  const { status } = call;
  if (status !== 'proposed' && status !== 'ready') return done;
  const argumentsDigest = callDigest({ server: deps.resource, tool: call.name, arguments: call.arguments });
  if (argumentsDigest !== call.arguments_digest) {
    await endCall(deps, call, {
      status: 'failed',
      result: { error: 'The arguments are not the ones that were proposed.' },
    });
    return done;
  }
  const wanted = { subject, sessionId: call.session_id, resource: deps.resource };
  try {
    // What was released has just been granted: a token from before would not carry it.
    const token = await deps.tokens.token({ ...wanted, carrying: status === 'ready' ? call.required_scopes : [] });
    const claimed = await claimCall(deps.db, { callId, argumentsDigest }, deps.now());
    if (claimed === undefined) return done;
    const attempt = (by: string): Promise<ToolAnswer> =>
      deps.server.call(by, { name: call.name, arguments: call.arguments }, signal);
    let answer = await attempt(token);
    // Not taken, or from a grant that has ended while another one released the call.
    if (answer.kind === 'unauthorized' || (answer.kind === 'insufficient_scope' && status === 'ready'))
      answer = await attempt(await deps.tokens.token({ ...wanted, fresh: true }));
    return await settle(deps, { call, subject, attempt }, answer);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // Whatever is thrown as a DomainError here came before the tool was reached.
    if (error.code === 'not_signed_in') {
      await parkForSignIn(deps, call);
      return done;
    }
    await giveBack(deps, call, status);
    return { outcome: 'unavailable' };
  }
}

interface Attempt {
  call: ToolCall;
  subject: string;
  attempt: (token: string) => Promise<ToolAnswer>;
}

async function settle(deps: CallDeps, attempt: Attempt, answer: ToolAnswer, upgraded = false): Promise<Outcome> {
  const { call } = attempt;
  switch (answer.kind) {
    case 'result':
      await endCall(deps, call, { status: answer.isError ? 'failed' : 'succeeded', result: answer.content });
      return done;
    case 'lost':
      await endCall(deps, call, { status: 'unknown', result: null });
      return done;
    case 'refused':
      await endCall(deps, call, { status: 'failed', result: { error: answer.message } });
      return done;
    case 'unauthorized':
      await endCall(deps, call, {
        status: 'failed',
        result: { error: 'The tool server does not accept the token of this conversation.' },
      });
      return done;
    case 'unavailable':
      await giveBack(deps, call, call.status === 'ready' ? 'ready' : 'proposed');
      return { outcome: 'unavailable' };
    case 'insufficient_scope':
      return insufficientScope(deps, attempt, answer.error, upgraded);
    default:
      return answer satisfies never;
  }
}

async function insufficientScope(
  deps: CallDeps,
  attempt: Attempt,
  error: AuthorizationError,
  upgraded: boolean,
): Promise<Outcome> {
  const { call, subject } = attempt;
  const scope = error.required_scope;
  // Nothing has run yet: what was stopped meanwhile does not begin.
  if (await deps.db.transaction().execute((trx) => cancelWhenStopped(trx, call))) return done;
  await noteRefusal(deps.db, call.call_id, { error });
  if (error.approval_type === 'forbidden') {
    await endCall(deps, call, {
      status: 'scope_unavailable',
      result: { error: `The policy does not allow ${scope} to you here.` },
    });
    return done;
  }
  if (error.approval_type !== 'auto' || upgraded) {
    await parkForScope(deps, { call, subject, scope });
    return done;
  }
  const upgrade = await upgradeAtOnce(deps.authServer, subject, call, scope);
  switch (upgrade.kind) {
    case 'approved': {
      await noteRefusal(deps.db, call.call_id, { error, requestId: upgrade.requestId });
      const wanted = { subject, sessionId: call.session_id, resource: deps.resource };
      if (upgrade.token !== undefined) {
        deps.tokens.adopt(wanted, { token: upgrade.token, scopes: [scope], expiresInSeconds: upgrade.expiresIn });
      }
      const token = upgrade.token ?? (await deps.tokens.token({ ...wanted, fresh: true }));
      return settle(deps, attempt, await attempt.attempt(token), true);
    }
    case 'pending':
      await parkForScope(deps, { call, subject, scope, requestId: upgrade.requestId });
      return done;
    case 'denied':
      await endCall(deps, call, { status: 'scope_unavailable', result: { error: upgrade.reason } });
      return done;
    case 'refused':
      await parkForScope(deps, { call, subject, scope });
      return done;
    default:
      return upgrade satisfies never;
  }
}
