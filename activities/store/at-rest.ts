import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The key of everything that is encrypted at rest: 32 bytes. */
export type AtRestKey = Uint8Array;

const ivLength = 12;
const tagLength = 16;
const version = 'v1.';

/**
 * Encrypts a text for the database with AES-256-GCM (NIST SP 800-38D), a random nonce each time.
 *
 * @param context names what the text is and whose, so that a sealed text cannot be moved to another row.
 */
export function sealText(key: AtRestKey, text: string, context = ''): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return version + sealed.toString('base64url');
}

/** Opens what {@link sealText} made. @throws when the key, the context or the text is another one. */
export function openText(key: AtRestKey, sealed: string, context = ''): string {
  if (!sealed.startsWith(version)) throw new Error('Not a sealed text of a known version.');
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
  if (bytes.length < ivLength + tagLength) throw new Error('The sealed text is cut short.');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivLength), { authTagLength: tagLength })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-tagLength));
  return Buffer.concat([decipher.update(bytes.subarray(ivLength, -tagLength)), decipher.final()]).toString('utf8');
}
