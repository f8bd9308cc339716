import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { ApiOptions } from '../api/options.ts';
import type { ChatOptions } from '../api/chat/options.ts';
import { httpAuthorizationApi } from '../mcp-server/authorization/http-authorization-api.ts';
import type { McpServerOptions } from '../mcp-server/options.ts';
import type { MintOptions, OrchestrationOptions } from '../workers/options.ts';
import { ConfigurationError, projectRoot } from './configuration.ts';
import { modelSettings } from './model-configuration.ts';
import type { RoleConfiguration } from './role-configuration.ts';

/** What the `mint` role is given: the only one that reads the mint's private key. */
export async function mintOptions(configuration: RoleConfiguration, logger: Logger): Promise<MintOptions> {
  return {
    temporal: configuration.temporal,
    databaseUrl: configuration.databaseUrl,
    decisionPublicJwk: await readJwk(configuration.keys.decision.publicFile),
    mintPrivateJwk: await readJwk(configuration.keys.mint.privateFile),
    issuer: configuration.urls.issuer,
    resources: { mcp: configuration.urls.mcpResource, api: configuration.urls.apiResource },
    socketPath: configuration.mintSocket,
    logger,
  };
}

/** What the `worker` role is given. */
export async function workerOptions(configuration: RoleConfiguration, logger: Logger): Promise<OrchestrationOptions> {
  return {
    temporal: configuration.temporal,
    databaseUrl: configuration.databaseUrl,
    workflowBundle: { codePath: configuration.workflowBundle },
    decisionPublicJwk: await readJwk(configuration.keys.decision.publicFile),
    logger,
  };
}

/** What the `api` role is given. */
export async function apiOptions(configuration: RoleConfiguration, logger: Logger): Promise<ApiOptions> {
  const { urls, keys, secrets } = configuration;
  return {
    port: configuration.ports.auth,
    issuer: urls.issuer,
    apiResource: urls.apiResource,
    mcpResource: urls.mcpResource,
    chatUrl: urls.chat,
    allowedHosts: hostsOf(urls.issuer, configuration.ports.auth),
    databaseUrl: configuration.databaseUrl,
    temporal: configuration.temporal,
    temporalUiUrl: urls.temporalUi,
    basePrivateJwk: await readJwk(keys.base.privateFile),
    decisionPrivateJwk: await readJwk(keys.decision.privateFile),
    mintPublicJwk: await readJwk(keys.mint.publicFile),
    mintSocketPath: configuration.mintSocket,
    cookieKeys: [await readSecret(secrets.cookie)],
    atRestKey: await readKeyBytes(secrets.atRest),
    chatClientSecret: await readSecret(secrets.chatClient),
    mcpServerSecret: await readSecret(secrets.mcpServerClient),
    clientDocumentHosts: configuration.clientDocumentHosts,
    trustedProxies: configuration.trustedProxies,
    webRoot: configuration.webRoot,
    demoMode: configuration.demoMode,
    version: await productVersion(),
    logger,
  };
}

/** What the `mcp` role is given, but for its ports to the database. */
export async function mcpOptions(
  configuration: RoleConfiguration,
  logger: Logger,
): Promise<Omit<McpServerOptions, 'authority' | 'directory'>> {
  return {
    port: configuration.ports.mcp,
    resource: configuration.urls.mcpResource,
    issuer: configuration.urls.issuer,
    keys: [
      { jwk: await readJwk(configuration.keys.base.publicFile), ceiling: 'base' },
      { jwk: await readJwk(configuration.keys.mint.publicFile), ceiling: 'elevated' },
    ],
    workspace: configuration.workspace,
    authorizations: httpAuthorizationApi({
      issuer: configuration.urls.issuer,
      apiResource: configuration.urls.apiResource,
      clientSecret: await readSecret(configuration.secrets.mcpServerClient),
    }),
    logger,
    allowedHosts: loopbackNames,
    version: await productVersion(),
  };
}

/** What the `chat` role is given. */
export async function chatOptions(configuration: RoleConfiguration, logger: Logger): Promise<ChatOptions> {
  const { urls } = configuration;
  return {
    port: configuration.ports.chat,
    publicUrl: urls.chat,
    issuer: urls.issuer,
    mcpResource: urls.mcpResource,
    apiResource: urls.apiResource,
    clientSecret: await readSecret(configuration.secrets.chatClient),
    atRestKey: await readKeyBytes(configuration.secrets.atRest),
    databaseUrl: configuration.databaseUrl,
    temporal: configuration.temporal,
    allowedHosts: hostsOf(urls.chat, configuration.ports.chat),
    demoMode: configuration.demoMode,
    webRoot: join(configuration.webRoot, 'chat'),
    model: configuration.model === undefined ? undefined : await modelSettings(configuration.model),
    dashboardUrl: `${urls.issuer}/dashboard`,
    version: await productVersion(),
    logger,
  };
}

const loopbackNames = ['localhost', '127.0.0.1'];

/** The public host, and the loopback names of the port itself. */
function hostsOf(publicUrl: string, port: number): string[] {
  return [...new Set([new URL(publicUrl).host, ...loopbackNames.map((name) => `${name}:${port}`)])];
}

async function productVersion(): Promise<string> {
  const text = await readFile(join(projectRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** @throws {ConfigurationError} that names the file and not what is in it. */
async function readJwk(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK;
  } catch {
    throw new ConfigurationError([`the key ${file} cannot be read`]);
  }
}

/** @throws {ConfigurationError} that names the file and not what is in it. */
async function readSecret(file: string): Promise<string> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (text === '') throw new ConfigurationError([`the secret ${file} cannot be read`]);
  if (text.length < 32) throw new ConfigurationError([`the secret ${file} is shorter than 32 characters`]);
  return text;
}

/** The 32 bytes of a secret that `keys.ts` made. */
async function readKeyBytes(file: string): Promise<Uint8Array> {
  return Buffer.from(await readSecret(file), 'base64url');
}
