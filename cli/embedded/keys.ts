import { randomBytes } from 'node:crypto';
import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { PostgresPasswords } from './postgres-server.ts';

/** The signing keys: base tokens, approvers' decisions, elevated tokens (RULES 12, 17). */
const keyNames = ['base', 'decision', 'mint'] as const;

/** Makes what is missing of the ES256 key pairs: `<name>.private.jwk` and `<name>.public.jwk`, readable by us alone. */
export async function makeKeys(folder: string): Promise<void> {
  for (const name of keyNames) {
    const privateFile = join(folder, `${name}.private.jwk`);
    if (await exists(privateFile)) continue;
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const publicJwk = await exportJWK(publicKey);
    const header = { kid: await calculateJwkThumbprint(publicJwk), alg: 'ES256', use: 'sig' };
    await writePrivate(join(folder, `${name}.public.jwk`), JSON.stringify({ ...publicJwk, ...header }));
    // The private file is the mark that the pair is complete, so it comes last.
    await writePrivate(privateFile, JSON.stringify({ ...(await exportJWK(privateKey)), ...header }));
  }
}

/** Makes what is missing of the secrets that the roles read: 32 random bytes each, base64url. */
export async function makeSecrets(folder: string): Promise<void> {
  for (const name of ['cookie', 'at-rest', 'chat-client', 'mcp-server-client']) await secret(folder, name);
}

/** The passwords of the embedded PostgreSQL, made at the first start. */
export async function postgresPasswords(folder: string): Promise<PostgresPasswords> {
  return {
    superuser: await secret(folder, 'postgres-superuser'),
    owner: await secret(folder, 'postgres-owner'),
    app: await secret(folder, 'postgres-app'),
    mint: await secret(folder, 'postgres-mint'),
  };
}

async function secret(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  if (!(await exists(file))) await writePrivate(file, randomBytes(32).toString('base64url'));
  return (await readFile(file, 'utf8')).trim();
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
