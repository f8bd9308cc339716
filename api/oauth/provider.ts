import { Provider, type AdapterFactory } from 'oidc-provider';
import { dpopAlgorithms } from '../../activities/tokens/dpop-proof.ts';
import { findPerson } from '../../activities/store/people.ts';
import { adapterFactory } from './adapter.ts';
import { createApprovalPrompt, interactionLifetime } from './approval-prompt.ts';
import {
  backgroundLifetime,
  backgroundRequests,
  settleBackgroundRequests,
  takeNoUserCodes,
} from './background-requests.ts';
import { chooseSigningKey } from './choose-signing-key.ts';
import { clientDocuments } from './client-documents.ts';
import { firstPartyClients } from './clients.ts';
import { promptPolicy } from './interaction-policy.ts';
import { clientDocumentBytes } from './documents/fetched-document.ts';
import { deviceCodeSeconds, deviceFlow, keepCodeForPage } from './device-flow.ts';
import { loadGrant } from './load-grant.ts';
import { MintSigningKey } from './mint-signing-key.ts';
import type { OAuthDeps } from './options.ts';
import { compareDigests, withRegisteredClients } from './registered-clients.ts';
import { authorizationErrorsProperty, checkRegistration } from './registration.ts';
import { rememberAuthorizationErrors } from './remember-authorization-errors.ts';
import { publicRegistration } from './public-registration.ts';
import { renderError } from './render-error.ts';
import { requestScopeSource } from './request-scopes.ts';
import { defaultResource, resourceServerInfo } from './resources.ts';
import { revokeAccessTokens } from './revoke-access-token.ts';
import { introspectionRoute, oauthRoutes } from './routes.ts';
import { followOurSessions } from './same-account.ts';
import { nameAScope, nameDevicesAScope } from './name-a-scope.ts';
import { nameTheSignIn } from './name-the-sign-in.ts';
import { slowDownPolling } from './slow-down-polling.ts';
import { registerTokenExchange } from './token-exchange.ts';
import { accessTokenLifetime, refreshTokenSeconds } from './token-lifetime.ts';
import { widenRefresh } from './widen-refresh.ts';

const sessionSeconds = 7 * 24 * 60 * 60;

/** The OAuth 2.1 authorization server: code + PKCE, refresh, resource indicators, RFC 9068 access tokens. */
export function createProvider(deps: OAuthDeps): Provider {
  const { kid: baseKid } = deps.basePrivateJwk;
  const { kid: mintKid } = deps.mintPublicJwk;
  if (baseKid === undefined || mintKid === undefined) throw new TypeError('Signing keys need a kid.');
  const secure = deps.issuer.startsWith('https:');
  const identifiers = { mcp: deps.mcpResource, api: deps.apiResource };
  const source = requestScopeSource(deps);
  const mintKey = new MintSigningKey(deps.mintPublicJwk, deps.mint);
  const documents = clientDocuments(deps);

  const provider = new Provider(deps.issuer, {
    adapter: storage(deps),
    clients: firstPartyClients(deps),
    // ID tokens take the first key that fits: the base key, which needs no mint.
    jwks: { keys: [{ ...deps.basePrivateJwk, use: 'sig', alg: 'ES256' }, mintKey] },
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    extraClientMetadata: {
      properties: ['scope', authorizationErrorsProperty],
      validator: (_ctx, _name, _value, metadata) => checkRegistration(metadata),
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], dPoPSigningAlgValues: dpopAlgorithms },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    routes: oauthRoutes,
    discovery: {
      introspection_endpoint: new URL(introspectionRoute, deps.issuer).href,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    },
    findAccount: async (_ctx, subject) => {
      const person = await findPerson(deps.db, subject);
      if (person === undefined || person.disabled) return undefined;
      return { accountId: subject, claims: () => ({ sub: subject }) };
    },
    loadExistingGrant: loadGrant(deps, identifiers, source),
    rotateRefreshToken: widenRefresh(identifiers, source),
    interactions: {
      policy: promptPolicy(deps.db, createApprovalPrompt(identifiers, source)),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    formats: {
      customizers: { jwt: nameTheSignIn(deps, chooseSigningKey({ mintKey, mintKid, source, logger: deps.logger })) },
    },
    ttl: {
      AccessToken: accessTokenLifetime(source, deps.now),
      AuthorizationCode: 60,
      BackchannelAuthenticationRequest: backgroundLifetime,
      DeviceCode: deviceCodeSeconds,
      Grant: refreshTokenSeconds,
      IdToken: 5 * 60,
      Interaction: interactionLifetime(source),
      RefreshToken: refreshTokenSeconds,
      Session: sessionSeconds,
    },
    cookies: {
      keys: [...deps.cookieKeys],
      names: {
        // Ports of one host share their cookies, so the names are our own (RULES 6).
        session: secure ? '__Host-countersign_oidc' : 'countersign_oidc',
        interaction: 'countersign_oidc_interaction',
        resume: 'countersign_oidc_resume',
      },
      long: { signed: true, httpOnly: true, sameSite: 'lax', secure },
      short: { signed: true, httpOnly: true, sameSite: 'lax', secure },
    },
    // Who may read answers from other origins is said before the provider is asked (open-endpoints.ts).
    clientBasedCORS: () => true,
    fetch: documents.fetch,
    fetchResponseBodyLimits: { 'client_id metadata document': clientDocumentBytes },
    features: {
      ciba: backgroundRequests(deps, identifiers, source),
      clientIdMetadataDocument: documents.feature,
      dPoP: { enabled: true },
      deviceFlow: deviceFlow(deps),
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      resourceIndicators: {
        enabled: true,
        defaultResource: defaultResource(identifiers),
        getResourceServerInfo: resourceServerInfo(identifiers, source, baseKid),
        useGrantedResource: () => true,
      },
      pushedAuthorizationRequests: { enabled: false },
      registration: publicRegistration,
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    renderError,
  });
  // TLS ends at the operator's proxy, which says so.
  provider.proxy = secure;
  provider.on('server_error', (ctx, err) => {
    deps.logger.error({ err, path: ctx.path }, 'the authorization server failed');
  });
  compareDigests(provider);
  registerTokenExchange(provider, deps);
  followOurSessions(provider, deps.sessions);
  keepCodeForPage(provider);
  nameAScope(provider);
  takeNoUserCodes(provider);
  revokeAccessTokens(provider, deps);
  return provider;
}

/** The provider's tables, and what of ours is read and kept beside them. */
function storage(deps: OAuthDeps): AdapterFactory {
  const clients = withRegisteredClients(rememberAuthorizationErrors(adapterFactory(deps), deps.db), deps.db);
  return slowDownPolling(settleBackgroundRequests(nameDevicesAScope(clients), deps), deps.now);
}
