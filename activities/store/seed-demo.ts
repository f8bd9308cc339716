import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { appendAudit } from './audit.ts';
import type { Db } from './connect.ts';
import { hashPassword } from './password.ts';
import { insertPerson } from './people.ts';

/** The demo accounts. Their password opens them only while demo mode is on. */
export const demoAccounts = [
  { email: 'admin@example.com', displayName: 'Ada Admin', roles: ['admin', 'developer'] },
  { email: 'demo@example.com', displayName: 'Dana Developer', roles: ['developer'] },
  { email: 'user@example.com', displayName: 'Uma User', roles: ['user'] },
  { email: 'manager@example.com', displayName: 'Max Manager', roles: ['manager', 'user'] },
  { email: 'auditor@example.com', displayName: 'Abe Auditor', roles: ['auditor'] },
] as const;

const demoPassword = 'demo';
const seedLock = 7_021_001;

/** Puts the demo accounts into a database without people; a database with people is left alone (RULES 5). */
export async function seedDemo(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Several processes may start at once.
    await sql`select pg_advisory_xact_lock(${seedLock})`.execute(trx);
    const anybody = await trx.selectFrom('people').select('subject').limit(1).executeTakeFirst();
    if (anybody !== undefined) return;
    for (const account of demoAccounts) {
      const passwordHash = await hashPassword(demoPassword);
      await insertPerson(trx, { subject: `usr_${randomUUID()}`, ...account, passwordHash });
    }
    await appendAudit(trx, { type: 'people.seeded', actor: 'system', data: { people: demoAccounts.length } });
  });
}
