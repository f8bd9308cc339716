import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { findConsent } from '../../activities/store/client-consents.ts';
import type { Db } from '../../activities/store/connect.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { isHighOrCritical } from '../../workflows/domain/policy.ts';
import { parseScope } from '../../workflows/domain/scopes.ts';

/** When the provider stops and asks: for a sign-in, once for consent to a client that is not our own, and for approval. */
export function promptPolicy(db: Db, approval: interactionPolicy.Prompt): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const consent = policy.get('consent');
  consent?.checks.clear();
  consent?.checks.add(
    new interactionPolicy.Check(
      'not_first_party',
      'the person has not agreed to this client',
      'consent_required',
      (ctx) => mustConsent(db, ctx),
    ),
  );
  consent?.checks.add(
    new interactionPolicy.Check(
      'silent_native',
      'an app on this computer gets high and critical scopes only where the person can see it',
      'interaction_required',
      (ctx) => wantsPowerUnseen(db, ctx),
    ),
  );
  policy.add(approval);
  return policy;
}

/**
 * Whether the person is to be asked about this client: the first time, the first time that it wants to stay connected, and
 * whenever it asks for that. `prompt=consent` together with `offline_access` is no such wish: there the standard demands it
 * (OpenID Connect Core section 11), and stock clients send both at each step-up.
 */
async function mustConsent(db: Db, { oidc }: KoaContextWithOIDC): Promise<boolean> {
  const { account, client } = oidc;
  if (account === undefined || client === undefined) return true;
  if (isFirstParty(client.clientId)) return false;
  const given = await findConsent(db, { subject: account.accountId, clientId: client.clientId });
  const offline = wantsToStay(oidc.params);
  if (given === undefined || (offline && !given.offline)) return true;
  return !offline && oidc.prompts.has('consent') && oidc.promptPending('consent');
}

/**
 * Whether a program of this computer asks for high or critical scopes with `prompt=none`: any other program there can pass
 * for a client whose answers go to a port or a scheme of it (RFC 8252 section 8.6).
 */
async function wantsPowerUnseen(db: Db, { oidc }: KoaContextWithOIDC): Promise<boolean> {
  const redirectUri = oidc.params?.['redirect_uri'];
  if (!oidc.prompts.has('none') || oidc.client === undefined || isFirstParty(oidc.client.clientId)) return false;
  if (typeof redirectUri !== 'string' || redirectUri.startsWith('https:')) return false;
  const { scopes } = await livePolicy(db);
  return [...oidc.requestParamScopes].some((scope) =>
    isHighOrCritical(Object.hasOwn(scopes, scope) ? scopes[scope]?.risk : undefined),
  );
}

/** Whether these parameters of an authorization request ask to stay connected. */
export function wantsToStay(params: Readonly<Record<string, unknown>> | undefined): boolean {
  const scope = params?.['scope'];
  return parseScope(scope).includes('offline_access');
}
