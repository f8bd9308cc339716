import { sql, type Selectable } from 'kysely';
import type { Person } from '../../workflows/domain/approvers.ts';
import type { Policy } from '../../workflows/domain/policy.ts';
import type { DbOrTrx } from './connect.ts';
import { verifyPassword } from './password.ts';
import { livePolicy, livePolicyKey, policyOfKey } from './policies.ts';
import type { PeopleTable } from './schema.ts';

/** A person with the roles they hold now. */
export interface Account extends Person {
  email: string;
  displayName: string;
}

/** The person of that subject, disabled or not. */
export async function findPerson(db: DbOrTrx, subject: string): Promise<Account | undefined> {
  const row = await accounts(db).where('people.subject', '=', subject).executeTakeFirst();
  return row === undefined ? undefined : toAccount(row);
}

/** The person of that subject, and the policy they stand under: both in one reading. */
export async function findPersonAndPolicy(
  db: DbOrTrx,
  subject: string,
): Promise<{ person: Account | undefined; policy: Policy }> {
  const row = await accounts(db).select(livePolicyKey).where('people.subject', '=', subject).executeTakeFirst();
  if (row === undefined) return { person: undefined, policy: await livePolicy(db) };
  return { person: toAccount(row), policy: await policyOfKey(db, row.policyKey) };
}

/** The person of that e-mail address, in any case. */
export async function findPersonByEmail(db: DbOrTrx, email: string): Promise<Account | undefined> {
  const row = await accounts(db)
    .where(sql<boolean>`lower(people.email) = ${email.toLowerCase()}`)
    .executeTakeFirst();
  return row === undefined ? undefined : toAccount(row);
}

/** Everybody, by e-mail address. */
export async function listPeople(db: DbOrTrx): Promise<Account[]> {
  return (await accounts(db).orderBy('people.email').execute()).map(toAccount);
}

/**
 * The person whose e-mail address and password these are. Unknown addresses, people without a password and disabled
 * accounts take as long as a wrong password and answer the same.
 */
export async function findPersonByPassword(db: DbOrTrx, email: string, password: string): Promise<Account | undefined> {
  const person = await findPersonByEmail(db, email);
  const stored =
    person === undefined
      ? undefined
      : await db.selectFrom('people').select('password_hash').where('subject', '=', person.subject).executeTakeFirst();
  const correct = await verifyPassword(password, stored?.password_hash);
  return correct && person !== undefined && !person.disabled ? person : undefined;
}

/** Stores a new person. A seed only: from then on the database is the record (RULES 5). */
export async function insertPerson(
  trx: DbOrTrx,
  person: {
    subject: string;
    email: string;
    displayName: string;
    passwordHash: string | null;
    roles: readonly string[];
  },
): Promise<void> {
  await trx
    .insertInto('people')
    .values({
      subject: person.subject,
      email: person.email,
      display_name: person.displayName,
      password_hash: person.passwordHash,
      disabled_at: null,
    })
    .execute();
  if (person.roles.length === 0) return;
  await trx
    .insertInto('person_roles')
    .values(person.roles.map((role) => ({ subject: person.subject, role })))
    .execute();
}

/** The roles of a row of `people`, sorted. */
export const rolesSql =
  '(array(select role from person_roles where person_roles.subject = people.subject order by role))';
/** {@link rolesSql} as an expression of Kysely. */
export const rolesOfPerson = sql.raw<string[]>(rolesSql);

function accounts(db: DbOrTrx) {
  return db
    .selectFrom('people')
    .select(['people.subject', 'people.email', 'people.display_name', 'people.disabled_at'])
    .select(rolesOfPerson.as('roles'));
}

/** A row of `people` with its roles. */
export type AccountRow = Pick<Selectable<PeopleTable>, 'subject' | 'email' | 'display_name' | 'disabled_at'> & {
  roles: string[];
};

/** The account of a row. */
export function toAccount(row: AccountRow): Account {
  return {
    subject: row.subject,
    email: row.email,
    displayName: row.display_name,
    roles: row.roles,
    disabled: row.disabled_at !== null,
  };
}

/** The key of the advisory lock under which roles and accounts change (`lock_admins` of migration 0010). */
const accountsLockKey = 20_261_125;

/**
 * Keeps roles and accounts what they are until this transaction ends: for whoever turns them into a grant. Take it
 * before a request is locked: closing an account locks in this order.
 */
export async function holdAccounts(trx: DbOrTrx): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${accountsLockKey})`.execute(trx);
}
