import { interactionPolicy } from 'oidc-provider';
import { hasConsented } from '../../activities/store/client-consents.ts';
import type { Db } from '../../activities/store/connect.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';

/** When the provider stops and asks: for a sign-in, once for consent to a client that is not our own, and for approval. */
export function promptPolicy(db: Db, approval: interactionPolicy.Prompt): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  // `prompt=consent` stays a valid request: offline_access needs it (OpenID Connect Core section 11).
  const consent = policy.get('consent');
  consent?.checks.clear();
  consent?.checks.add(
    new interactionPolicy.Check(
      'not_first_party',
      'the person has not agreed to this client',
      'consent_required',
      async ({ oidc: { account, client } }) => {
        if (account === undefined || client === undefined) return true;
        const { accountId: subject } = account;
        return !isFirstParty(client.clientId) && !(await hasConsented(db, { subject, clientId: client.clientId }));
      },
    ),
  );
  policy.add(approval);
  return policy;
}
