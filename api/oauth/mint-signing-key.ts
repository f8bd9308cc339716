import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import { z } from 'zod';
import type { MintClient } from '../../activities/mint/mint-client.ts';

/** The public members alone, whatever else is in the file. */
const ecPublicKeySchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });

/**
 * The mint's key as the provider sees it: its public half here, its signatures from the mint (RULES 12).
 *
 * The provider chooses the key before it signs and cannot go back. So the signature is fetched first, with
 * {@link MintSigningKey.signAhead}, while another key can still be chosen, and handed over when the provider asks.
 */
export class MintSigningKey extends ExternalSigningKey {
  readonly #key: KeyObject;
  readonly #mint: Pick<MintClient, 'sign'>;
  readonly #signatures = new Map<string, Uint8Array>();

  constructor(publicJwk: JWK, mint: Pick<MintClient, 'sign'>) {
    super();
    this.#key = createPublicKey({ key: ecPublicKeySchema.parse(publicJwk), format: 'jwk' });
    this.#mint = mint;
    // The base class declares getters for reading and takes the values through setters that its types leave out.
    Object.assign(this, { kid: publicJwk.kid, alg: 'ES256' });
  }

  override keyObject(): KeyObject {
    return this.#key;
  }

  /** Fetches the signature of a token. @throws {DomainError} what the mint answers. */
  async signAhead(signingInput: string): Promise<void> {
    this.#signatures.set(signingInput, await this.#mint.sign(signingInput));
  }

  override async sign(data: Uint8Array): Promise<Uint8Array> {
    const signingInput = Buffer.from(data).toString('utf8');
    const ready = this.#signatures.get(signingInput);
    this.#signatures.delete(signingInput);
    return ready ?? this.#mint.sign(signingInput);
  }
}
