import type { z } from 'zod';
import { listGrants } from '../../activities/store/grant-listing.ts';
import { countOpenAdmins, listedPeople, livingSignIns } from '../../activities/store/people-listing.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import { knownRoles } from '../../workflows/domain/roles.ts';
import type { ApprovalDeps } from '../approvals/deps.ts';
import { decodeTextCursor, encodeTextCursor } from '../http/cursor.ts';
import type { listPeopleQuerySchema, PeopleList, PersonDetail } from '../contract/people.ts';
import { grantContext, grantView } from '../grants/view-grant.ts';
import type { Caller } from '../sessions/caller.ts';
import { personView } from './person-view.ts';
import { requireAuditor } from './require-role.ts';

/** What reading people takes. */
export type PeopleReadDeps = Pick<ApprovalDeps, 'db' | 'now' | 'registeredName'>;

/** Accounts by e-mail address, for admins and auditors. @throws {DomainError} `not_auditor` */
export async function listPeople(
  deps: PeopleReadDeps,
  caller: Caller,
  query: z.output<typeof listPeopleQuerySchema>,
): Promise<PeopleList> {
  const { db } = deps;
  await requireAuditor(db, caller, 'people');
  const now = deps.now();
  const after = decodeTextCursor(query.cursor);
  const [rows, policy, admins] = await Promise.all([
    listedPeople(db, { search: query.search, after, limit: query.limit + 1 }, now),
    livePolicy(db),
    countOpenAdmins(db),
  ]);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    people: page.map((row) => personView(row, caller, admins)),
    roles: knownRoles(policy),
    ...(rows.length > query.limit && last !== undefined
      ? { next_cursor: encodeTextCursor(last.email.toLowerCase()) }
      : {}),
    now: now.toISOString(),
  };
}

/** One account with sign-ins and living grants. @throws {DomainError} `not_auditor`, `not_found` */
export async function personDetail(deps: PeopleReadDeps, caller: Caller, subject: string): Promise<PersonDetail> {
  const { db } = deps;
  await requireAuditor(db, caller, 'people');
  const now = deps.now();
  const [[listed], policy, admins, signIns, grants] = await Promise.all([
    listedPeople(db, { subject, limit: 1 }, now),
    livePolicy(db),
    countOpenAdmins(db),
    livingSignIns(db, subject, now),
    listGrants(db, { subject, status: 'active', now, limit: 100 }),
  ]);
  if (listed === undefined) throw new DomainError('not_found', 'There is nobody of that id.');
  const context = await grantContext(deps, grants);
  return {
    person: personView(listed, caller, admins),
    roles: knownRoles(policy),
    sign_ins: signIns.map((signIn) => ({
      session_id: signIn.sessionId,
      kind: signIn.kind,
      signed_in_at: signIn.signedInAt.toISOString(),
      expires_at: signIn.expiresAt.toISOString(),
      current: signIn.sessionId === caller.sessionId,
    })),
    grants: grants.map((grant) => grantView(grant, context, caller, policy, now)),
    now: now.toISOString(),
  };
}
