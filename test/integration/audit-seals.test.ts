import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appendAudit } from '../../activities/store/audit.ts';
import { sealEntries } from '../../activities/store/audit-seals.ts';
import { holdAccounts } from '../../activities/store/people.ts';
import { lockPolicy } from '../../activities/store/policies.ts';
import { createAuditSealing } from '../../activities/sweep/seal-audit.ts';
import { auditVerificationSchema, type AuditVerificationView } from '../../api/contract/audit.ts';
import { problemSchema } from '../../api/contract/problem.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signedIn, visitor, type Visitor } from '../support/visitor.ts';

let server: TestAuthServer;
let auditor: Visitor;
let seal: () => Promise<void>;

beforeAll(async () => {
  server = await startAuthServer();
  auditor = await signedIn(server.issuer, 'auditor@example.com');
});
afterAll(() => server.stop());

/** Appends entries. @returns their positions */
async function append(count: number): Promise<string[]> {
  for (let n = 0; n < count; n += 1)
    await appendAudit(server.db, { type: 'grant.revoked', actor: 'system', scopes: ['read:files'], data: { n } });
  const rows = await server.db
    .selectFrom('audit_events')
    .select('position')
    .orderBy('position', 'desc')
    .limit(count)
    .execute();
  return rows.map(({ position }) => position).reverse();
}

async function verify(body: Record<string, unknown> = {}): Promise<AuditVerificationView> {
  const { status, body: found } = await auditor.post('/api/audit/verify', body);
  expect(status, JSON.stringify(found)).toBe(200);
  return auditVerificationSchema.parse(found);
}
const kinds = ({ breaks }: AuditVerificationView) => breaks.map(({ position, kind }) => `${kind} ${position}`);

/** What only the owner of the database can do: past the triggers that keep the log as it is. */
async function byHand(change: (db: TestAuthServer['ownerDb']) => Promise<unknown>): Promise<void> {
  const triggers = async (on: 'enable' | 'disable') => {
    await sql`alter table audit_events ${sql.raw(on)} trigger user`.execute(server.ownerDb);
    await sql`alter table audit_seals ${sql.raw(on)} trigger user`.execute(server.ownerDb);
  };
  await triggers('disable');
  await change(server.ownerDb);
  await triggers('enable');
}

beforeEach(async () => {
  // Each test has a log of its own.
  await byHand(async (db) => {
    await sql`truncate audit_events, audit_seals`.execute(db);
  });
  seal = createAuditSealing(server.db);
});

describe('sealing', () => {
  test('goes on while roles change, grants are minted and policy is activated', async () => {
    await append(3);
    await server.db.transaction().execute(async (trx) => {
      await holdAccounts(trx);
      await lockPolicy(trx);
      await seal();
    });
    expect(await verify()).toMatchObject({ intact: true, checked: 3 });
  });

  test('covers every entry in order, and what a transaction rolled back leaves no trace', async () => {
    const [first = ''] = await append(2);
    await server.db
      .transaction()
      .execute(async (trx) => {
        await appendAudit(trx, { type: 'grant.revoked', actor: 'system' });
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const [, last = ''] = await append(2);
    await seal();
    const seals = await server.db.selectFrom('audit_seals').selectAll().orderBy('position').execute();
    expect(seals.map(({ position }) => Number(position) - Number(first))).toEqual([0, 1, 3, 4]);
    expect(seals.map(({ previous }) => previous)).toEqual(['0', ...seals.slice(0, 3).map(({ position }) => position)]);
    expect(await verify()).toMatchObject({ intact: true, checked: 4, breaks: [], sealed: { position: last } });
  });

  test('waits for a transaction that has a lower position and has not ended, and holds no writer up', async () => {
    let finish = (): void => undefined;
    const hold = new Promise<void>((resolve) => (finish = resolve));
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const slow = server.db.transaction().execute(async (trx) => {
      await appendAudit(trx, { type: 'grant.revoked', actor: 'slow' });
      begun();
      await hold;
    });
    await started;
    const [later = ''] = await append(1);
    const sealing = seal();
    const [meanwhile = ''] = await append(1);
    await sealing;
    expect(await server.db.selectFrom('audit_seals').selectAll().execute()).toEqual([]);
    finish();
    await slow;
    await seal();
    const sealed = await server.db.selectFrom('audit_seals').select('position').orderBy('position').execute();
    // What was appended after the horizon was noted comes with the next sweep.
    expect(sealed.map(({ position }) => position)).toEqual([String(Number(later) - 1), later]);
    await seal();
    expect(await verify()).toMatchObject({ intact: true, checked: 3, sealed: { position: meanwhile } });
  });

  test('is done once by any number of sweepers at once, while others write', async () => {
    const sweepers = Array.from({ length: 4 }, () => createAuditSealing(server.db));
    let writing = true;
    const writers = Array.from({ length: 4 }, async () => {
      while (writing) await append(1);
    });
    const until = Date.now() + 1_500;
    while (Date.now() < until) await Promise.all([...sweepers.map((one) => one()), sleep(10)]);
    writing = false;
    await Promise.all(writers);
    for (const sweeper of sweepers) {
      await sweeper();
      await sweeper();
    }
    const found = await verify();
    expect(found).toMatchObject({ intact: true, unsealed: 0 });
    expect(found.checked).toBeGreaterThan(20);
  });

  test('goes through a long log in batches', async () => {
    await sql`insert into audit_events (type, actor, data)
      select 'grant.revoked', 'system', jsonb_build_object('n', n, 'big', 12345678901234567890) from generate_series(1, 2500) n`.execute(
      server.db,
    );
    await seal();
    expect(await verify()).toMatchObject({ intact: true, checked: 2_500 });
  });

  test('is append-only, for its owner too, and not for the mint', async () => {
    const positions = await append(1);
    await seal();
    expect(positions).toHaveLength(1);
    for (const db of [server.db, server.ownerDb]) {
      await expect(sql`update audit_seals set previous = 7`.execute(db)).rejects.toMatchObject({ code: '42501' });
      await expect(sql`delete from audit_seals`.execute(db)).rejects.toMatchObject({ code: '42501' });
      await expect(sql`truncate audit_seals`.execute(db)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('POST /api/audit/verify', () => {
  const at = (n: number, positions: readonly string[]): string => positions[n] ?? '';

  test.each([
    ['data', (position: string) => sql`update audit_events set data = '{"n": 100}' where position = ${position}`],
    [
      'the last digit of a big number',
      (position: string) =>
        sql`update audit_events set data = data || '{"big": 12345678901234567891}' where position = ${position}`,
    ],
    ['who did it', (position: string) => sql`update audit_events set actor = 'policy' where position = ${position}`],
    ['when', (position: string) => sql`update audit_events set at = at + interval '1 ms' where position = ${position}`],
    ['a scope', (position: string) => sql`update audit_events set scopes = '{}' where position = ${position}`],
    [
      'whom it is about',
      (position: string) => sql`update audit_events set subject = 'usr_x' where position = ${position}`,
    ],
  ])('names the entry of which somebody changed %s', async (_what, change) => {
    const positions = await append(2);
    await appendAudit(server.db, { type: 'grant.revoked', actor: 'system', data: { big: 1 } });
    positions.push(...(await append(2)));
    await seal();
    await byHand((db) => change(at(1, positions)).execute(db));
    const found = await verify();
    expect(found).toMatchObject({ intact: false, all_breaks: 1 });
    expect(kinds(found)).toEqual([`changed ${at(1, positions)}`]);
    expect(found.breaks[0]?.explanation).toContain(at(1, positions));
  });

  test('names an entry that somebody removed, with its seal or without', async () => {
    const positions = await append(6);
    await seal();
    await byHand((db) => sql`delete from audit_events where position = ${at(1, positions)}`.execute(db));
    expect(kinds(await verify())).toEqual([`removed ${at(1, positions)}`]);
    await byHand(async (db) => {
      await sql`delete from audit_events where position = ${at(3, positions)}`.execute(db);
      await sql`delete from audit_seals where position = ${at(3, positions)}`.execute(db);
    });
    expect(kinds(await verify())).toEqual([`removed ${at(1, positions)}`, `cut ${at(3, positions)}`]);
  });

  test('names the beginning of the log when that was cut off', async () => {
    const positions = await append(3);
    await seal();
    await byHand(async (db) => {
      await sql`delete from audit_events where position = ${at(0, positions)}`.execute(db);
      await sql`delete from audit_seals where position = ${at(0, positions)}`.execute(db);
    });
    expect(kinds(await verify())).toEqual([`cut ${at(0, positions)}`]);
  });

  test('names an entry that somebody put in where a rolled back one had been, or whose seal was taken', async () => {
    const [first = ''] = await append(1);
    await server.db
      .transaction()
      .execute(async (trx) => {
        await appendAudit(trx, { type: 'grant.revoked', actor: 'system' });
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const [last = ''] = await append(1);
    await seal();
    const gap = String(Number(first) + 1);
    expect(Number(last)).toBe(Number(gap) + 1);
    await byHand((db) =>
      sql`insert into audit_events (position, type, actor) overriding system value values (${gap}, 'grant.created', 'x')`.execute(
        db,
      ),
    );
    expect(kinds(await verify())).toEqual([`inserted ${gap}`]);
  });

  test('finds a whole log rewritten by the seal that somebody noted', async () => {
    await append(3);
    await seal();
    const { sealed } = await verify();
    expect(await verify({ ...sealed })).toMatchObject({ intact: true, noted_seal_stands: true });
    await byHand(async (db) => {
      await sql`update audit_events set actor = 'somebody'`.execute(db);
      await sql`truncate audit_seals`.execute(db);
    });
    await seal();
    await seal();
    expect(await verify()).toMatchObject({ intact: true, noted_seal_stands: null });
    expect(await verify({ ...sealed })).toMatchObject({ intact: false, noted_seal_stands: false });
  });

  test('counts what is not sealed yet apart, and lists the first of many breaks', async () => {
    await append(1);
    expect(await verify()).toMatchObject({ intact: true, checked: 0, sealed: null, unsealed: 1 });
    await sql`insert into audit_events (type, actor) select 'grant.revoked', 'system' from generate_series(1, 30)`.execute(
      server.db,
    );
    await seal();
    await byHand((db) => sql`update audit_events set actor = 'x'`.execute(db));
    const found = await verify();
    expect([found.breaks.length, found.all_breaks]).toEqual([20, 32]);
  });

  test('is for auditors and admins, from our own pages, and audited with what it found', async () => {
    const user = await signedIn(server.issuer, 'user@example.com');
    const refused = async (who: Visitor, headers = {}) => {
      const { status, body } = await who.post('/api/audit/verify', {}, headers);
      return [status, problemSchema.parse(body).code];
    };
    expect(await refused(user)).toEqual([403, 'not_auditor']);
    expect(await refused(visitor(server.issuer))).toEqual([401, 'not_signed_in']);
    expect(await refused(auditor, { origin: 'http://evil.example' })).toEqual([403, 'cross_site_request']);
    expect((await auditor.post('/api/audit/verify', { position: '1' })).status).toBe(400);
    expect((await auditor.post('/api/audit/verify', { position: '1', digest: 'zz' })).status).toBe(400);
    await verify();
    const { body } = await auditor.get('/api/audit?type=audit.verified&limit=1');
    expect(body['entries']).toMatchObject([{ actor: 'auditor@example.com', data: { intact: true } }]);
  });
});

test('nothing is sealed out of its order, whatever limit is given', async () => {
  const positions = await append(3);
  const upTo = positions.at(-1) ?? '';
  expect(await sealEntries(server.db, upTo, 2)).toBe(2);
  expect(await sealEntries(server.db, upTo, 2)).toBe(1);
  expect(await sealEntries(server.db, upTo, 2)).toBe(0);
});
