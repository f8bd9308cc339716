import { longestFreshMs } from '../../../activities/store/client-documents.ts';
import { FetchRefused, SaysNothing } from '../../http/guarded-fetch.ts';

/** Bytes; the draft recommends no more (Client ID Metadata Documents, section 6.6). */
export const clientDocumentBytes = 5 * 1024;

/** Seconds that a document counts: what it says itself, within these. */
const fresh = { least: 10 * 60, most: longestFreshMs / 1_000 };

/** Reads it to its end. @throws {FetchRefused} when it is too large, or no JSON; as the connection does when that breaks */
export async function readDocument(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > clientDocumentBytes) throw new FetchRefused('it is too large');
    chunks.push(chunk);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    JSON.parse(text);
    return text;
  } catch {
    throw new SaysNothing('it is not JSON in UTF-8');
  }
}

/** How long an answer counts, in milliseconds (RFC 9111). */
export function freshMs(headers: Headers, now: Date): number {
  const said = /(?:^|,)\s*max-age\s*=\s*"?(\d+)/i.exec(headers.get('cache-control') ?? '')?.[1];
  const expires = Date.parse(headers.get('expires') ?? '');
  const seconds = said === undefined ? (expires - now.getTime()) / 1_000 : Number(said);
  const whole = Number.isNaN(seconds) ? fresh.least : Math.floor(seconds);
  return Math.max(fresh.least, Math.min(fresh.most, whole)) * 1_000;
}
