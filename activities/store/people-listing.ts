import { sql } from 'kysely';
import type { DbOrTrx } from './connect.ts';

/** An account with what it has going on now. */
export interface ListedPerson {
  subject: string;
  email: string;
  displayName: string;
  roles: string[];
  disabledAt: Date | null;
  createdAt: Date;
  sessions: number;
  lastSignedInAt: Date | null;
  activeGrants: number;
  openRequests: number;
}

/** Filter of {@link listedPeople}. */
export interface PeopleFilter {
  subject?: string;
  search?: string | undefined;
  /** The e-mail address after which the page begins. */
  after?: string | undefined;
  limit: number;
}

/** Accounts by e-mail address. */
export async function listedPeople(db: DbOrTrx, filter: PeopleFilter, now: Date): Promise<ListedPerson[]> {
  const { subject = null, search = null, after = null, limit } = filter;
  const like = search === null || search === '' ? null : `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<ListedPerson>`
    select subject, email, display_name as "displayName", disabled_at as "disabledAt", created_at as "createdAt",
      array(select role from person_roles where person_roles.subject = people.subject order by role) as roles,
      (select count(*)::int from account_sessions as own where own.subject = people.subject and ended_at is null
        and expires_at > ${now}) +
      (select count(*)::int from chat_sign_ins as own where own.subject = people.subject and ended_at is null
        and expires_at > ${now}) as sessions,
      greatest(
        (select max(authenticated_at) from account_sessions as own where own.subject = people.subject),
        (select max(own.created_at) from chat_sign_ins as own where own.subject = people.subject)) as "lastSignedInAt",
      (select count(*)::int from grants where grants.subject = people.subject and end_reason is null
        and expires_at > ${now}) as "activeGrants",
      (select count(*)::int from scope_requests where scope_requests.subject = people.subject
        and status in ('requested', 'pending')) as "openRequests"
    from people
    where (${subject}::text is null or subject = ${subject})
      and (${like}::text is null or lower(email) like ${like} or lower(display_name) like ${like})
      and (${after}::text is null or lower(email) > ${after})
    order by lower(email) limit ${limit}`.execute(db);
  return rows;
}

/** A sign-in that is alive, here or at the chat. */
export interface LivingSignIn {
  sessionId: string;
  kind: 'dashboard' | 'chat';
  signedInAt: Date;
  expiresAt: Date;
}

/** A person's living sign-ins, the newest first. */
export async function livingSignIns(db: DbOrTrx, subject: string, now: Date): Promise<LivingSignIn[]> {
  const { rows } = await sql<LivingSignIn>`
    select session_id as "sessionId", 'dashboard' as kind, authenticated_at as "signedInAt", expires_at as "expiresAt"
      from account_sessions where subject = ${subject} and ended_at is null and expires_at > ${now}
    union all
    select sign_in_id, 'chat', created_at, expires_at
      from chat_sign_ins where subject = ${subject} and ended_at is null and expires_at > ${now}
    order by "signedInAt" desc, "sessionId" limit 100`.execute(db);
  return rows;
}

/** How many open accounts hold the role `admin`. */
export async function countOpenAdmins(db: DbOrTrx): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from people join person_roles using (subject)
    where role = 'admin' and disabled_at is null`.execute(db);
  return rows[0]?.count ?? 0;
}
