import { interactionPolicy } from 'oidc-provider';
import { isFirstParty } from './clients.ts';

/** When the provider stops and asks: for a sign-in, never for consent to a client of our own. */
export function promptPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  // `prompt=consent` stays a valid request: offline_access needs it (OpenID Connect Core section 11).
  const consent = policy.get('consent');
  consent?.checks.clear();
  consent?.checks.add(
    new interactionPolicy.Check(
      'not_first_party',
      'the person has not agreed to this client',
      'consent_required',
      ({ oidc }) => {
        return !isFirstParty(oidc.client?.clientId) && oidc.result?.consent === undefined;
      },
    ),
  );
  return policy;
}
