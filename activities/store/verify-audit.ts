import { checkChain, chainStart, type ChainBreak } from './audit-chain.ts';
import { contentBetween, lastSeal, sealsBetween } from './audit-seals.ts';
import type { DbOrTrx } from './connect.ts';

const batch = 1_000;
const mostBreaks = 20;

/** A digest that somebody has noted elsewhere: whoever rewrites the whole log cannot rewrite that. */
export interface AuditAnchor {
  position: string;
  digest: string;
}

/** What looking at the whole audit log found. */
export interface AuditVerification {
  /** Entries held to their seals. */
  checked: number;
  /** The newest seal: note it down, and a later verification can start from it. */
  sealed: AuditAnchor | undefined;
  /** Entries of the last seconds, which no seal covers yet. */
  unsealed: number;
  /** The first ones, by position. */
  breaks: ChainBreak[];
  allBreaks: number;
  /** Whether the noted digest still stands where it stood; undefined without one. */
  anchorHolds: boolean | undefined;
}

/** Holds every entry to its seal, in batches: the memory it takes does not grow with the log. */
export async function verifyAudit(db: DbOrTrx, anchor?: AuditAnchor): Promise<AuditVerification> {
  // Below the newest seal nothing appears any more; what comes while this runs is above it.
  const newest = await lastSeal(db);
  const upTo = newest?.position ?? '0';
  const found: AuditVerification = {
    checked: 0,
    sealed: newest === undefined ? undefined : { position: upTo, digest: newest.digest.toString('hex') },
    unsealed: 0,
    breaks: [],
    allBreaks: 0,
    anchorHolds: anchor === undefined ? undefined : await stands(db, anchor),
  };
  let place = chainStart;
  let after = '0';
  for (;;) {
    const [entries, seals] = await Promise.all([
      contentBetween(db, after, upTo, batch),
      sealsBetween(db, after, upTo, batch),
    ]);
    const end = endOfStretch(entries, seals, upTo);
    const within = <T extends { position: string }>(rows: readonly T[]): T[] =>
      rows.filter(({ position }) => BigInt(position) <= BigInt(end));
    const [these, theirSeals] = [within(entries), within(seals)];
    const stretch = checkChain(place, these, theirSeals);
    place = stretch.place;
    found.checked += these.length;
    found.allBreaks += stretch.breaks.length;
    found.breaks.push(...stretch.breaks.slice(0, mostBreaks - found.breaks.length));
    if (end === upTo) break;
    after = end;
  }
  const { count } = await db
    .selectFrom('audit_events')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('position', '>', upTo)
    .executeTakeFirstOrThrow();
  return { ...found, unsealed: Number(count) };
}

/** A page that is full may go on beyond its last row: up to there, both lists are known. */
function endOfStretch(
  entries: readonly { position: string }[],
  seals: readonly { position: string }[],
  upTo: string,
): string {
  const ends = [entries, seals].flatMap((rows) => (rows.length < batch ? [] : [BigInt(rows.at(-1)?.position ?? upTo)]));
  return ends.reduce((least, end) => (end < least ? end : least), BigInt(upTo)).toString();
}

async function stands(db: DbOrTrx, { position, digest }: AuditAnchor): Promise<boolean> {
  const seal = await db.selectFrom('audit_seals').select('digest').where('position', '=', position).executeTakeFirst();
  return seal?.digest.toString('hex') === digest.toLowerCase();
}
