import { createHash } from 'node:crypto';
import { errors, Provider, type AdapterFactory, type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';
import { findConsent } from '../../activities/store/client-consents.ts';
import { beginClientSignIn } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import { heldScopes } from '../../activities/store/grants.ts';
import { findPerson, findPersonByEmail } from '../../activities/store/people.ts';
import { backgroundStepUp, findStepUp, insertStepUp } from '../../activities/store/step-ups.ts';
import { parseScope } from '../../workflows/domain/scopes.ts';
import type { OwnIdentifiers } from '../../workflows/domain/resources.ts';
import { answerAtOnce, askForStepUp } from '../step-up/ask.ts';
import { refuse, type StepUpDeps, type StepUpResult } from '../step-up/deps.ts';
import { stepUpStanding } from '../step-up/standing.ts';
import { missingScopes } from './approval-prompt.ts';
import type { RequestScopeSource } from './request-scopes.ts';

/** Seconds that a background request may wait: an hour unless the client says otherwise, a day at most. */
const usualSeconds = 60 * 60;
const mostSeconds = 24 * 60 * 60;

/**
 * Approvers get as long at least, also where the client asks again sooner: or asking for a moment would be a way to a
 * request that nobody can answer, and that is refused for the cool-down after it.
 */
const leastApproverSeconds = 60;

const longestMessage = 500;

type BackgroundRequest = InstanceType<Provider['BackchannelAuthenticationRequest']>;

/** {@link mostSeconds} and {@link usualSeconds}, for the provider. */
export function backgroundLifetime(ctx: KoaContextWithOIDC | undefined): number {
  const asked = Number(ctx?.oidc.params?.['requested_expiry'] ?? usualSeconds);
  return Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, mostSeconds) : usualSeconds;
}

/**
 * Requests of agents that act in the background (CIBA, poll mode): a client that the owner has let do so asks for a person
 * who has let it stay connected. What policy does not grant at once waits for the same decision as any other request; there
 * is nothing for the person to confirm, as the request gives no power by itself.
 */
export function backgroundRequests(
  deps: StepUpDeps & { db: Db },
  identifiers: OwnIdentifiers,
  source: RequestScopeSource,
) {
  return {
    enabled: true,
    deliveryModes: ['poll' as const],
    processLoginHint: (ctx: KoaContextWithOIDC, hint = '') => personOf(deps.db, ctx, hint),
    processLoginHintToken: (): Promise<undefined> => {
      throw new errors.InvalidRequest('login_hint_token is not taken: name the person by login_hint');
    },
    verifyUserCode: (): Promise<void> => Promise.resolve(),
    validateRequestContext: (_ctx: KoaContextWithOIDC, context: unknown): Promise<void> => {
      if (context !== undefined) throw new errors.InvalidRequest('request_context is not taken');
      return Promise.resolve();
    },
    validateBindingMessage: (_ctx: KoaContextWithOIDC, message: unknown): Promise<void> => {
      if (typeof message === 'string' && (message.length > longestMessage || /\p{Cc}/u.test(message))) {
        throw new errors.InvalidBindingMessage(`binding_message is one line of at most ${longestMessage} characters`);
      }
      return Promise.resolve();
    },
    triggerAuthenticationDevice: async (
      ctx: KoaContextWithOIDC,
      request: BackgroundRequest,
      account: { accountId: string },
      client: { clientId: string },
    ): Promise<void> => {
      const result = await begin(deps, ctx, request, {
        subject: account.accountId,
        clientId: client.clientId,
        scopes: await missingScopes(ctx, identifiers, source),
      });
      if (result === undefined) return;
      Object.assign(request, await answerOf(deps, ctx.oidc.provider, request, result));
      await request.save();
    },
  };
}

/** Answers a background request when its client asks whether there is an answer, once there is one. */
export function settleBackgroundRequests(factory: AdapterFactory, deps: StepUpDeps): AdapterFactory {
  return (model) => {
    const adapter = factory(model);
    if (model !== 'BackchannelAuthenticationRequest') return adapter;
    return {
      ...adapter,
      find: async (id) => {
        const payload = await adapter.find(id);
        const { ctx } = Provider;
        if (payload === undefined || ctx?.oidc.route !== 'token' || isAnswered(payload)) return payload;
        const leftSeconds = (payload.exp ?? 0) - Math.floor(deps.now().getTime() / 1_000);
        // Too late for an answer: the provider says that it has expired.
        if (leftSeconds <= 0) return payload;
        const subject = payload.accountId ?? '';
        const stepUp = await findStepUp(deps.db, { uid: stepUpIdOf(id), subject });
        const result = stepUp === undefined ? undefined : (await stepUpStanding(deps, stepUp)).result;
        if (result === undefined) return payload;
        const answered = { ...payload, ...(await answerOf(deps, ctx.oidc.provider, payload, result)) };
        await adapter.upsert(id, answered, leftSeconds);
        return answered;
      },
    };
  };
}

/** There is nothing that a person would confirm by a code of theirs; the provider's metadata say otherwise. */
export function takeNoUserCodes(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const metadata: unknown = ctx.path.startsWith('/.well-known/') ? ctx.body : undefined;
    if (typeof metadata === 'object' && metadata !== null && 'backchannel_user_code_parameter_supported' in metadata) {
      metadata.backchannel_user_code_parameter_supported = false;
    }
  });
}

function isAnswered(payload: AdapterPayload): boolean {
  return payload.consumed !== undefined || payload.grantId !== undefined || payload['error'] !== undefined;
}

/** Whoever has let the client act for them also when they are not there. Nobody else can be told apart. */
async function personOf(db: Db, ctx: KoaContextWithOIDC, hint: string): Promise<string | undefined> {
  const clientId = ctx.oidc.client?.clientId ?? '';
  const person = (await findPerson(db, hint)) ?? (await findPersonByEmail(db, hint));
  if (person === undefined || person.disabled) return undefined;
  const given = await findConsent(db, { subject: person.subject, clientId });
  return given?.offline === true ? person.subject : undefined;
}

/** @returns the answer where there is one at once */
async function begin(
  deps: StepUpDeps,
  ctx: KoaContextWithOIDC,
  request: BackgroundRequest,
  { subject, clientId, scopes }: { subject: string; clientId: string; scopes: readonly string[] },
): Promise<StepUpResult | undefined> {
  const person = await findPerson(deps.db, subject);
  if (person === undefined) return refuse('the account is not there any more');
  if (scopes.length === 0) return {};
  const message = ctx.oidc.params?.['binding_message'];
  const justification = typeof message === 'string' && message !== '' ? message : undefined;
  const now = deps.now();
  const inSeconds = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
  const lifetime = backgroundLifetime(ctx);
  const endsBy = inSeconds(Math.max(lifetime, leastApproverSeconds));
  const origin = { via: 'background_request' as const, endsBy };
  const asked = await askForStepUp(deps, { person, clientId }, scopes, justification, origin);
  switch (asked.kind) {
    case 'answered': {
      const held = await heldScopes(deps.db, { subject, clientId }, deps.now());
      return answerAtOnce(asked, { named: ctx.oidc.requestParamScopes, held });
    }
    case 'needs_reason':
      return refuse('the policy demands a reason: send it as binding_message');
    case 'waits':
      await insertStepUp(deps.db, {
        uid: stepUpIdOf(request.jti),
        subject,
        client_id: clientId,
        redirect_uri: null,
        scopes: [...scopes],
        request_ids: asked.requestIds,
        begun_at: now,
        expires_at: inSeconds(lifetime),
      });
      return undefined;
    default:
      return asked satisfies never;
  }
}

/** The members that answer a stored request: a grant, or an error with its text. */
async function answerOf(
  deps: StepUpDeps,
  provider: Provider,
  request: {
    accountId?: string | undefined;
    clientId?: string | undefined;
    scope?: unknown;
    resource?: unknown;
  },
  result: StepUpResult,
): Promise<{ grantId: string } | { error: string; errorDescription: string }> {
  const { accountId = '', clientId = '' } = request;
  const { error, error_description: why } = result as { error?: string; error_description?: string };
  if (error !== undefined) return { error, errorDescription: why ?? error };
  const grant = new provider.Grant({ accountId, clientId });
  const scopes = [...new Set(['none', ...parseScope(request.scope)])];
  grant.addOIDCScope(['openid', ...scopes.filter((name) => name === 'offline_access')].join(' '));
  // What is not held when the token is issued is left out then.
  for (const resource of [request.resource].flat()) {
    if (typeof resource === 'string') grant.addResourceScope(resource, scopes.join(' '));
  }
  const grantId = await grant.save();
  const signIn = { subject: accountId, clientId, grantId, accountSessionId: undefined };
  if (await beginClientSignIn(deps.db, signIn, deps.now())) return { grantId };
  await grant.destroy();
  return { error: 'access_denied', errorDescription: 'the person does not let this client act for them any more' };
}

function stepUpIdOf(requestId: string): string {
  return `${backgroundStepUp}${createHash('sha256').update(requestId).digest('base64url')}`;
}
