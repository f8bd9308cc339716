import type { z } from 'zod';
import { appendAudit, auditTypes } from '../../activities/store/audit.ts';
import { listAudit, type AuditFilter } from '../../activities/store/audit-log.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPersonByEmail } from '../../activities/store/people.ts';
import { namesOf } from '../../activities/store/people-names.ts';
import { isAuditor } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { AuditPage, auditQuerySchema } from '../contract/audit.ts';
import { overOthers, type Caller } from '../sessions/caller.ts';

/** What reading the audit table takes. */
export interface AuditDeps {
  db: Db;
  now: () => Date;
}

/**
 * A page of the audit table, people shown by their e-mail address. For auditors and admins; a refusal is audited.
 *
 * @throws {DomainError} `not_auditor`, `invalid_request` for a type that there is not
 */
export async function auditPage(
  deps: AuditDeps,
  caller: Caller,
  query: z.output<typeof auditQuerySchema>,
): Promise<AuditPage> {
  const { db } = deps;
  if (!isAuditor(overOthers(caller))) {
    await appendAudit(db, {
      type: 'access.refused',
      actor: caller.person.subject,
      clientId: caller.clientId,
      data: { what: 'audit' },
    });
    throw new DomainError('not_auditor', 'The audit log is for auditors and admins.');
  }
  const rows = await listAudit(db, await filterOf(db, query));
  const page = rows.slice(0, query.limit);
  const names = await namesOf(
    db,
    page.flatMap(({ actor, subject }) => [actor, subject]),
  );
  const shown = (subject: string): string => names.get(subject)?.email ?? subject;
  const last = page.at(-1);
  return {
    entries: page.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      actor: shown(row.actor),
      subject: row.subject === null ? null : shown(row.subject),
    })),
    ...(rows.length > query.limit && last !== undefined ? { next_cursor: last.position } : {}),
    now: deps.now().toISOString(),
  };
}

async function filterOf(db: Db, query: z.output<typeof auditQuerySchema>): Promise<AuditFilter> {
  const type = auditTypes.find((known) => known === query.type);
  if (query.type !== undefined && type === undefined) {
    throw new DomainError('invalid_request', `type: there are no such entries. Use one of: ${auditTypes.join(', ')}.`);
  }
  return {
    ...(query.subject === undefined ? {} : { subject: await subjectOf(db, query.subject) }),
    ...(query.scope === undefined ? {} : { scope: query.scope }),
    ...(query.request_id === undefined ? {} : { requestId: query.request_id }),
    ...(type === undefined ? {} : { type }),
    ...(query.from === undefined ? {} : { from: new Date(query.from) }),
    ...(query.to === undefined ? {} : { to: new Date(query.to) }),
    ...(query.cursor === undefined ? {} : { before: query.cursor }),
    // One more than shown tells whether there is another page.
    limit: query.limit + 1,
  };
}

/** A subject is taken as it is: entries outlive what they are about. */
async function subjectOf(db: Db, given: string): Promise<string> {
  return given.includes('@') ? ((await findPersonByEmail(db, given))?.subject ?? given) : given;
}
