import { auditTypes } from '../../activities/store/audit.ts';
import type { AuditFilter } from '../../activities/store/audit-log.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { AuditFilterQuery } from '../contract/audit.ts';

/** A query as the store takes it. @throws {DomainError} `invalid_request` for a type that there is not */
export async function auditFilter(db: Db, query: AuditFilterQuery): Promise<AuditFilter> {
  const type = auditTypes.find((known) => known === query.type);
  if (query.type !== undefined && type === undefined) {
    throw new DomainError('invalid_request', `type: there are no such entries. Use one of: ${auditTypes.join(', ')}.`);
  }
  return {
    ...(query.subject === undefined ? {} : { subject: await subjectOf(db, query.subject) }),
    ...(query.person === undefined ? {} : { person: await subjectOf(db, query.person) }),
    ...(query.scope === undefined ? {} : { scope: query.scope }),
    ...(query.request_id === undefined ? {} : { requestId: query.request_id }),
    ...(query.grant_id === undefined ? {} : { grantId: query.grant_id }),
    ...(type === undefined ? {} : { type }),
    ...(query.from === undefined ? {} : { from: new Date(query.from) }),
    ...(query.to === undefined ? {} : { to: new Date(query.to) }),
  };
}

/** A subject is taken as it is: entries outlive what they are about. */
async function subjectOf(db: Db, given: string): Promise<string> {
  return given.includes('@') ? ((await findPersonByEmail(db, given))?.subject ?? given) : given;
}
