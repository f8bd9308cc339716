import { chainBeginning, sealDigest, type SealedContent } from './audit-digest.ts';
import type { AuditSeal } from './audit-seals.ts';

/** What is wrong at a position of the audit log. */
export interface ChainBreak {
  position: string;
  /** `removed` is an entry whose seal is left, `cut` one that is gone with its seal, `inserted` one without a seal. */
  kind: 'changed' | 'removed' | 'cut' | 'inserted';
}

/** The last seal that was looked at. */
export interface ChainPlace {
  position: string;
  digest: Buffer;
}

/** Before the first entry. */
export const chainStart: ChainPlace = { position: '0', digest: chainBeginning };

/**
 * Holds a stretch of the log to its seals, both in the order of their positions. After a break it goes on from the seal
 * that is there, so that each break is named once. Pure.
 */
export function checkChain(
  from: ChainPlace,
  entries: readonly SealedContent[],
  seals: readonly AuditSeal[],
): { place: ChainPlace; breaks: ChainBreak[] } {
  const breaks: ChainBreak[] = [];
  let place = from;
  let next = 0;
  for (const seal of seals) {
    for (; isBefore(entries[next], seal.position); next += 1) breaks.push(inserted(entries[next]));
    const entry = entries[next]?.position === seal.position ? entries[next] : undefined;
    if (entry !== undefined) next += 1;
    // Its digest covers one that is no longer there: whether this entry was changed, too, nobody can tell.
    if (seal.previous !== place.position) breaks.push({ position: seal.previous, kind: 'cut' });
    else if (entry !== undefined && !sealDigest(place.digest, entry).equals(seal.digest))
      breaks.push({ position: seal.position, kind: 'changed' });
    if (entry === undefined) breaks.push({ position: seal.position, kind: 'removed' });
    place = { position: seal.position, digest: seal.digest };
  }
  for (const entry of entries.slice(next)) breaks.push(inserted(entry));
  return { place, breaks };
}

function isBefore(entry: SealedContent | undefined, position: string): boolean {
  return entry !== undefined && BigInt(entry.position) < BigInt(position);
}

function inserted(entry: SealedContent | undefined): ChainBreak {
  return { position: entry?.position ?? '', kind: 'inserted' };
}
