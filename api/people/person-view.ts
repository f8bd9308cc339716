import type { ListedPerson } from '../../activities/store/people-listing.ts';
import { isAdmin } from '../../workflows/domain/approvers.ts';
import type { PersonView } from '../contract/people.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';

/** One account as this caller sees it. Pure. @param openAdmins how many there are */
export function personView(listed: ListedPerson, caller: Caller, openAdmins: number): PersonView {
  const own = listed.subject === caller.person.subject;
  const mayAct = isAdmin(overOthers(caller)) ? (own ? 'own_account' : null) : 'not_admin';
  const lastAdmin = listed.roles.includes('admin') && listed.disabledAt === null && openAdmins <= 1;
  return {
    subject: listed.subject,
    email: listed.email,
    name: listed.displayName,
    roles: listed.roles,
    disabled_at: listed.disabledAt?.toISOString() ?? null,
    created_at: listed.createdAt.toISOString(),
    sessions: listed.sessions,
    last_signed_in_at: listed.lastSignedInAt?.toISOString() ?? null,
    active_grants: listed.activeGrants,
    open_requests: listed.openRequests,
    own,
    cannot_change_roles: mayAct,
    cannot_disable: mayAct ?? (lastAdmin ? 'last_admin' : null),
  };
}
