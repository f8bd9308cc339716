import type { Provider } from 'oidc-provider';
import type { Db } from '../../activities/store/connect.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isClientVerified } from '../../activities/store/verified-clients.ts';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import { endSentence } from '../../workflows/domain/end-sentence.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Risk } from '../../workflows/domain/policy.ts';
import { isElevated, parseScope } from '../../workflows/domain/scopes.ts';
import type { CallerPerson } from '../sessions/caller.ts';

/** A scope that a client's authorization request names, and how this person's client comes to it. */
export interface AskedScope {
  scope: string;
  risk: Risk;
  description: string;
  /** `auto` is granted by going on. */
  how: ApprovalType | 'held';
}

type Interaction = Pick<Awaited<ReturnType<Provider['interactionDetails']>>, 'params'>;

/** What the authorization request asks for, as the live policy answers it. Scopes that there are not are left out. */
export async function askedScopes(
  deps: { db: Db; now: () => Date },
  { params }: Interaction,
  person: CallerPerson,
): Promise<AskedScope[]> {
  const clientId = String(params['client_id']);
  const [policy, held, clientVerified] = await Promise.all([
    livePolicy(deps.db),
    heldScopes(deps.db, { subject: person.subject, clientId }, deps.now()),
    isClientVerified(deps.db, clientId),
  ]);
  const scopes = parseScope(params['scope']).filter(
    (scope) => isElevated(scope) && Object.hasOwn(policy.scopes, scope),
  );
  const missing = scopes.filter((scope) => !held.includes(scope));
  const verdict = evaluatePolicy(policy, { ...person, clientId, clientVerified, scopes: missing });
  // Nothing is granted beside a refusal.
  const whole = verdict.approvalType === 'forbidden' ? 'forbidden' : undefined;
  const how = new Map(verdict.scopes.map(({ scope, approvalType }) => [scope, whole ?? approvalType]));
  return [...new Set(scopes)].flatMap((scope) => {
    const configured = policy.scopes[scope];
    if (configured === undefined) return [];
    return [{ scope, risk: configured.risk, description: configured.description, how: how.get(scope) ?? 'held' }];
  });
}

/** The scope and how the client comes to it, in words. */
export function askedInWords({ scope, risk, description, how }: AskedScope): string {
  return `${scope} (${risk} risk): ${endSentence(description)} ${howInWords[how]}`;
}

const howInWords: Record<AskedScope['how'], string> = {
  held: 'It holds this already.',
  auto: 'The policy grants you this at once: you give it by going on.',
  self: 'You are asked about it by itself.',
  admin_required: 'An approver decides about it.',
  forbidden: 'It does not get this.',
};
