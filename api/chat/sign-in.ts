import * as oidc from 'openid-client';
import { z } from 'zod';
import { refreshTokenContext } from '../../activities/chat/token-source.ts';
import { unavailable } from '../../activities/chat/oauth-client.ts';
import { openText, sealText } from '../../activities/store/at-rest.ts';
import { insertChatSignIn } from '../../activities/store/chat-sign-ins.ts';
import { findPerson } from '../../activities/store/people.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { newSignInSecret } from './chat-cookie.ts';
import type { ChatDeps } from './deps.ts';
import { wakeAfterSignIn } from './wake-session.ts';

/** How long a sign-in here lasts. */
export const signInSeconds = 30 * 24 * 60 * 60;
/** How long the way to the authorization server and back may take. */
export const flowSeconds = 10 * 60;

const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** Milliseconds since the epoch. The cookie's own end is only the browser's word. */
  begunAt: z.int(),
});
/** What has to be remembered between going to the authorization server and coming back. */
export type SignInFlow = z.infer<typeof flowSchema>;
const flowContext = 'chat sign-in flow';

/** Where the authorization server sends people back to. */
export const redirectUri = (publicUrl: string): string => new URL('/auth/callback', publicUrl).href;

/**
 * Begins code + PKCE (RFC 7636) with state and nonce. Both resources are named (RFC 8707), because the refresh token
 * serves them both later. `prompt=consent` is what OpenID Connect asks for with `offline_access`; the authorization
 * server finishes it by itself for first-party clients.
 */
export async function beginSignIn(deps: ChatDeps, returnTo: string): Promise<{ url: URL; flow: SignInFlow }> {
  await refuseIfBlocked(deps);
  const configuration = await deps.oauth.configuration();
  const flow = {
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    verifier: oidc.randomPKCECodeVerifier(),
    returnTo,
    begunAt: deps.now().getTime(),
  };
  const parameters = new URLSearchParams({
    redirect_uri: redirectUri(deps.publicUrl),
    response_type: 'code',
    scope: 'openid offline_access none',
    prompt: 'consent',
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
  });
  parameters.append('resource', deps.mcpResource);
  parameters.append('resource', deps.apiResource);
  return { url: oidc.buildAuthorizationUrl(configuration, parameters), flow };
}

/** Says it before anybody types a password in vain. */
async function refuseIfBlocked({ db }: Pick<ChatDeps, 'db'>): Promise<void> {
  if (!(await isClientBlocked(db, chatClientId))) return;
  throw new DomainError(
    'client_blocked',
    'An admin has blocked this chat: nobody can sign in to it for now, and your password is not the matter. What waits in it keeps waiting. Ask an admin of Countersign to unblock the chat.',
  );
}

/** Exchanges the code and stores the sign-in. @returns the secret of the cookie. @throws {DomainError} */
export async function finishSignIn(
  deps: ChatDeps,
  callback: URL,
  flow: SignInFlow,
): Promise<{ secret: string; returnTo: string }> {
  const tokens = await exchange(deps, callback, flow);
  const subject = tokens.claims()?.sub;
  const person = subject === undefined ? undefined : await findPerson(deps.db, subject);
  if (person === undefined || person.disabled || tokens.refresh_token === undefined) {
    throw new DomainError('not_signed_in', 'Signing in did not work. Try again.');
  }
  const { secret, signInId } = newSignInSecret();
  await insertChatSignIn(deps.db, {
    signInId,
    subject: person.subject,
    sealedRefreshToken: sealText(deps.atRestKey, tokens.refresh_token, refreshTokenContext(signInId)),
    expiresAt: new Date(deps.now().getTime() + signInSeconds * 1000),
  });
  // Not waited for: it says by itself what went wrong.
  void wakeAfterSignIn(deps, person.subject);
  return { secret, returnTo: flow.returnTo };
}

async function exchange(deps: ChatDeps, callback: URL, flow: SignInFlow) {
  const configuration = await deps.oauth.configuration();
  try {
    return await oidc.authorizationCodeGrant(
      configuration,
      callback,
      { pkceCodeVerifier: flow.verifier, expectedState: flow.state, expectedNonce: flow.nonce, idTokenExpected: true },
      { resource: deps.apiResource },
    );
  } catch (error) {
    await refuseIfBlocked(deps);
    if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
      throw new DomainError('not_signed_in', 'The authorization server did not sign you in. Try again.', {
        cause: error,
      });
    }
    if (error instanceof oidc.ClientError && error.code !== 'OAUTH_TIMEOUT') {
      throw new DomainError('not_signed_in', 'This sign-in cannot be finished. Start again.', { cause: error });
    }
    throw unavailable(error);
  }
}

/** The flow as a cookie value: sealed, so that neither the verifier nor the nonce can be read or made up. */
export function sealFlow(deps: Pick<ChatDeps, 'atRestKey'>, flow: SignInFlow): string {
  return sealText(deps.atRestKey, JSON.stringify(flow), flowContext);
}

/** Opens {@link sealFlow}'s value; undefined for anything else, and for one that took too long. */
export function openFlow(
  deps: Pick<ChatDeps, 'atRestKey' | 'now'>,
  sealed: string | undefined,
): SignInFlow | undefined {
  if (sealed === undefined) return undefined;
  try {
    const flow = flowSchema.parse(JSON.parse(openText(deps.atRestKey, sealed, flowContext)));
    const age = deps.now().getTime() - flow.begunAt;
    return age >= 0 && age <= flowSeconds * 1_000 ? flow : undefined;
  } catch {
    return undefined;
  }
}
