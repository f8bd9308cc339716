import { stepUpCoolDown } from '../../activities/store/step-up-cool-down.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import type { UpgradeScopeResponse } from '../contract/scope-requests.ts';
import type { Caller } from '../sessions/caller.ts';
import { coolDownWords } from '../step-up/step-up-words.ts';
import type { ApprovalDeps } from './deps.ts';

/**
 * The answer that other people's client got a moment ago, where anything of what it asks for was refused: it comes back by
 * itself, by whatever way. In our own chat and dashboard the person asks again on purpose.
 */
export async function refusedJustNow(
  deps: Pick<ApprovalDeps, 'db' | 'now'>,
  { person, clientId }: Pick<Caller, 'person' | 'clientId'>,
  scopes: readonly string[],
): Promise<Extract<UpgradeScopeResponse, { status: 'denied' }> | undefined> {
  if (isFirstParty(clientId)) return undefined;
  const earlier = await stepUpCoolDown(deps.db, { subject: person.subject, clientId, scopes }, deps.now());
  if (earlier === undefined) return undefined;
  return { status: 'denied', approval_request_id: earlier.requestId, reason: coolDownWords(earlier, deps.now()) };
}
