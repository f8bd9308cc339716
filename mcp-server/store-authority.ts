import { appendAudit, appendAuditUnderGrant, appendCallAudit } from '../activities/store/audit.ts';
import type { Db } from '../activities/store/connect.ts';
import { standingOf } from '../activities/store/credentials.ts';
import { listPeople } from '../activities/store/people.ts';
import { setPersonRoles } from '../activities/store/person-roles.ts';
import { livePolicy } from '../activities/store/policies.ts';
import { stepUpCoolDown } from '../activities/store/step-up-cool-down.ts';
import { policyRules } from './policy-rules.ts';
import type { OwnAuthority, UserDirectory } from './ports.ts';

/** Asks the product's database; every question is a query, nothing is remembered. */
export function storeAuthority(db: Db, now: () => Date = () => new Date()): OwnAuthority {
  return {
    standing: async (of) => {
      const found = await standingOf(db, of, now());
      if (found === undefined) return undefined;
      const { person, policy, clientVerified, ended, live, inBand } = found;
      const ours = inBand?.live.filter(({ scope }) => policy.scopes[scope]?.resource === 'mcp');
      return {
        person,
        rules: policyRules(policy, person, { clientId: of.clientId, clientVerified }),
        ended,
        live,
        inBand: ours === undefined ? undefined : { live: ours },
      };
    },
    policy: () => livePolicy(db),
    coolDown: ({ subject, clientId, scope }) => stepUpCoolDown(db, { subject, clientId, scopes: [scope] }, now()),
    startCall: (call) => appendAuditUnderGrant(db, call, now()),
    audit: ({ entry, synced }) => appendCallAudit(db, entry, synced),
    recordRefusedToken: (data) => appendAudit(db, { type: 'token.refused', actor: 'anonymous', data }),
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
