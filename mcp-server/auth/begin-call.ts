import type { Authority, LiveScope } from '../ports.ts';
import { callEntry } from './call-entry.ts';
import type { CallPermit } from './call-permits.ts';
import type { Caller } from './caller.ts';
import { judgeCall, refuseCall, type CallRefused } from './judge-call.ts';

/** A call before it is judged. */
export interface AskedCall {
  caller: Caller;
  toolName: string;
  requiredScope: string;
  argumentDigest: string;
  /** Changes nothing, so that it may run while its beginning is being recorded. */
  readOnly: boolean;
}

/**
 * Judges a call by what is held, and begins it under the grant that carries it (RULES 15).
 *
 * @returns `recorded` where its refusal is in the audit table already.
 */
export async function beginCall(
  authority: Pick<Authority, 'startCall'>,
  { caller, toolName, requiredScope, argumentDigest, readOnly }: AskedCall,
  alive: readonly LiveScope[] = caller.held,
): Promise<{ permit: CallPermit } | { refused: CallRefused; recorded: boolean }> {
  const told = caller.judged?.about({ toolName, scope: requiredScope, argumentDigest });
  const synced = !readOnly;
  let held = alive;
  let begun = Promise.resolve(true);
  let verdict = judgeCall(caller, held, toolName, requiredScope);
  if (told !== undefined && told.grantId === undefined) {
    caller.judged?.take();
    // It may have ended since it was read.
    held = held.filter((live) => live.scope !== requiredScope);
    return { refused: refuseCall(caller, held, toolName, requiredScope), recorded: true };
  }
  if (told !== undefined && verdict.allowed) {
    caller.judged?.take();
    const { grantId } = told;
    return { permit: { caller, toolName, scope: verdict.scope, grantId, argumentDigest, begun, synced: true } };
  }
  while (verdict.allowed && verdict.grantId !== undefined) {
    const { grantId } = verdict;
    const call = { caller, toolName, scope: verdict.scope, grantId, argumentDigest };
    const entry = callEntry('tool.called', call);
    begun = authority.startCall({ token: caller.token(), grantId, entry, synced });
    // Nothing of a call that only reads is handed out before it is known to have begun: that is awaited then.
    begun.catch(() => undefined);
    if (readOnly || (await begun)) break;
    // The grant ended since it was read: judge by what is left.
    held = held.filter((live) => live.grantId !== grantId);
    verdict = judgeCall(caller, held, toolName, requiredScope);
  }
  if (!verdict.allowed) return { refused: verdict, recorded: false };
  const { scope, grantId } = verdict;
  return { permit: { caller, toolName, scope, grantId, argumentDigest, begun, synced } };
}
