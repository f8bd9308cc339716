import { appendAudit, appendAuditUnderGrant } from '../activities/store/audit.ts';
import type { Db } from '../activities/store/connect.ts';
import { standingOf } from '../activities/store/credentials.ts';
import { listPeople } from '../activities/store/people.ts';
import { setPersonRoles } from '../activities/store/person-roles.ts';
import { livePolicy } from '../activities/store/policies.ts';
import { stepUpCoolDown } from '../activities/store/step-up-cool-down.ts';
import type { Authority, UserDirectory } from './ports.ts';

/** Asks the product's database; every question is a query, nothing is remembered. */
export function storeAuthority(db: Db, now: () => Date = () => new Date()): Authority {
  return {
    standing: (of) => standingOf(db, of, now()),
    policy: () => livePolicy(db),
    coolDown: ({ subject, clientId, scope }) => stepUpCoolDown(db, { subject, clientId, scopes: [scope] }, now()),
    startCall: (call) => appendAuditUnderGrant(db, call, now()),
    audit: (entry) => appendAudit(db, entry),
  };
}

/** The accounts of the product's database. */
export function storeDirectory(db: Db, now: () => Date = () => new Date()): UserDirectory {
  return {
    users: () => listPeople(db),
    setRoles: async (change) => {
      const changed = await db.transaction().execute((trx) => setPersonRoles(trx, change, now()));
      return { user: changed.person, before: changed.before, endedGrants: changed.ended.length };
    },
  };
}
