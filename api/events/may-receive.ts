import type { Db } from '../../activities/store/connect.ts';
import type { StoredEvent } from '../../activities/store/event-feed.ts';
import { findPerson } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isAuditor, maySee, mayOpenDashboard, type Person } from '../../workflows/domain/approvers.ts';
import type { Policy } from '../../workflows/domain/policy.ts';

/**
 * Whether a viewer may know of an event: their own; requests and grants of scopes they approve, or all of them as
 * auditor; accounts and clients as auditor; changes of policy where the dashboard opens; a freeze in any case. Roles and policy are read anew each time (RULES 9).
 */
export async function mayReceiveEvent(db: Db, viewer: string, event: StoredEvent): Promise<boolean> {
  if (event.subject === viewer) return true;
  if (event.kind === 'freeze') return true;
  if (event.kind === 'chat_session' || event.kind === 'sign_out') return false;
  const [person, policy] = await Promise.all([findPerson(db, viewer), livePolicy(db)]);
  return mayKnow(policy, person, event);
}

/** The same of many events at once: roles and policy are read once. */
export async function onlyReceivable(db: Db, viewer: string, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
  const [person, policy] = await Promise.all([findPerson(db, viewer), livePolicy(db)]);
  return events.filter((event) => event.subject === viewer || mayKnow(policy, person, event));
}

function mayKnow(policy: Policy, person: Person | undefined, event: StoredEvent): boolean {
  if (event.kind === 'freeze') return true;
  if (event.kind === 'chat_session' || event.kind === 'sign_out') return false;
  if (person === undefined || person.disabled) return false;
  if (event.kind === 'person' || event.kind === 'client') return isAuditor(person);
  return event.kind === 'policy' ? mayOpenDashboard(policy, person) : maySee(policy, person, event);
}
