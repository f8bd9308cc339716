import { sql } from 'kysely';
import { chainBeginning, sealDigest, sealedColumns, type SealedContent } from './audit-digest.ts';
import type { Db, DbOrTrx } from './connect.ts';

/** The seal of one entry. */
export interface AuditSeal {
  position: string;
  previous: string;
  digest: Buffer;
}

/** Up to where the log may be sealed once these transactions have ended. */
export interface SealingHorizon {
  upTo: string;
  writers: readonly string[];
}

/**
 * Where the log ends now, and who was writing to it. Positions are given before commit, so a lower one may still
 * appear: by somebody who holds the table's lock for writing now, as each insert takes it before its position.
 *
 * @returns undefined when everything is sealed.
 */
export async function sealingHorizon(db: DbOrTrx): Promise<SealingHorizon | undefined> {
  const upTo = (
    await db.selectFrom('audit_events').select('position').orderBy('position', 'desc').limit(1).execute()
  )[0]?.position;
  const sealed = (await lastSeal(db))?.position ?? '0';
  if (upTo === undefined || BigInt(upTo) <= BigInt(sealed)) return undefined;
  // After the position was read, never before: whoever had a lower one then is among them or has ended.
  return { upTo, writers: await auditWriters(db) };
}

/** Which of the horizon's writers have not ended yet. */
export async function writersLeft(db: DbOrTrx, { writers }: SealingHorizon): Promise<boolean> {
  if (writers.length === 0) return false;
  const now = new Set(await auditWriters(db));
  return writers.some((writer) => now.has(writer));
}

async function auditWriters(db: DbOrTrx): Promise<string[]> {
  const { rows } = await sql<{ virtualtransaction: string }>`
    select distinct virtualtransaction from pg_locks
    where locktype = 'relation' and relation = 'audit_events'::regclass and mode = 'RowExclusiveLock'
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.map(({ virtualtransaction }) => virtualtransaction);
}

/** The newest seal. */
export async function lastSeal(db: DbOrTrx): Promise<AuditSeal | undefined> {
  return db.selectFrom('audit_seals').selectAll().orderBy('position', 'desc').limit(1).executeTakeFirst();
}

/** Any number fixed for all processes: the key of PostgreSQL's advisory lock around sealing, which nothing else takes. */
const sealingLockKey = 20_261_126;

/**
 * Seals the next entries up to a position below which nothing can appear any more.
 *
 * @returns how many; fewer than `limit` means that all are sealed, or that somebody else is at it.
 */
export async function sealEntries(db: Db, upTo: string, limit: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${sealingLockKey}) as mine`.execute(
      trx,
    );
    if (rows[0]?.mine !== true) return 0;
    const last = await lastSeal(trx);
    const entries = await contentBetween(trx, last?.position ?? '0', upTo, limit);
    const seals: AuditSeal[] = [];
    let before = { position: last?.position ?? '0', digest: last?.digest ?? chainBeginning };
    for (const entry of entries) {
      const digest = sealDigest(before.digest, entry);
      seals.push({ position: entry.position, previous: before.position, digest });
      before = { position: entry.position, digest };
    }
    if (seals.length > 0) await trx.insertInto('audit_seals').values(seals).execute();
    return seals.length;
  });
}

/** Entries after a position, up to and with another, in order. */
export async function contentBetween(
  db: DbOrTrx,
  after: string,
  upTo: string,
  limit: number,
): Promise<SealedContent[]> {
  const { rows } = await sql<SealedContent>`
    select ${sealedColumns()} from audit_events where position > ${after} and position <= ${upTo}
    order by position limit ${limit}`.execute(db);
  return rows;
}

/** Seals after a position, up to and with another, in order. */
export async function sealsBetween(db: DbOrTrx, after: string, upTo: string, limit: number): Promise<AuditSeal[]> {
  return db
    .selectFrom('audit_seals')
    .selectAll()
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .orderBy('position')
    .limit(limit)
    .execute();
}
