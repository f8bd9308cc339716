import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { MintOptions, OrchestrationOptions } from '../workers/options.ts';
import { ConfigurationError } from './configuration.ts';
import type { RoleConfiguration } from './role-configuration.ts';

/** What the `mint` role is given: the only one that reads the mint's private key. */
export async function mintOptions(configuration: RoleConfiguration, logger: Logger): Promise<MintOptions> {
  return {
    temporal: configuration.temporal,
    databaseUrl: configuration.databaseUrl,
    decisionPublicJwk: await readJwk(configuration.keys.decision.publicFile),
    mintPrivateJwk: await readJwk(configuration.keys.mint.privateFile),
    issuer: configuration.urls.issuer,
    resources: [configuration.urls.mcpResource, configuration.urls.apiResource],
    socketPath: configuration.mintSocket,
    logger,
  };
}

/** What the `worker` role is given. */
export async function workerOptions(configuration: RoleConfiguration, logger: Logger): Promise<OrchestrationOptions> {
  return {
    temporal: configuration.temporal,
    databaseUrl: configuration.databaseUrl,
    decisionPublicJwk: await readJwk(configuration.keys.decision.publicFile),
    logger,
  };
}

/** @throws {ConfigurationError} that names the file and not what is in it. */
export async function readJwk(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK;
  } catch {
    throw new ConfigurationError([`the key ${file} cannot be read`]);
  }
}

/** @throws {ConfigurationError} that names the file and not what is in it. */
export async function readSecret(file: string): Promise<string> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (text === '') throw new ConfigurationError([`the secret ${file} cannot be read`]);
  return text;
}

/** The 32 bytes of a secret that `keys.ts` made. */
export async function readKeyBytes(file: string): Promise<Uint8Array> {
  return Buffer.from(await readSecret(file), 'base64url');
}
