import { Readable } from 'node:stream';
import type { z } from 'zod';
import { findAccountSession } from '../../activities/store/account-sessions.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { listAudit, type AuditFilter } from '../../activities/store/audit-log.ts';
import type { Db } from '../../activities/store/connect.ts';
import { findPerson } from '../../activities/store/people.ts';
import { isAuditor } from '../../workflows/domain/approvers.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { AuditEntryView, auditExportQuerySchema } from '../contract/audit.ts';
import type { Caller } from '../sessions/caller.ts';
import { auditFilter } from './audit-filter.ts';
import { csvLine } from './csv.ts';
import type { AuditDeps } from './deps.ts';
import { viewEntries } from './view-entries.ts';

/** An export on its way: whoever sends `body` slowly makes it read slowly. */
export interface AuditExport {
  contentType: string;
  fileName: string;
  body: Readable;
}

const pageSize = 500;

const formats = {
  jsonl: { contentType: 'application/jsonl; charset=utf-8', head: '', line: jsonLine },
  csv: { contentType: 'text/csv; charset=utf-8; header=present', head: csvHead(), line: csvEntry },
} as const;

/**
 * The audit log as a file, newest first, with the filters of the list. It is read page by page while it is sent. That
 * it was taken is audited first. Expects an auditor.
 *
 * @throws {DomainError} `invalid_request` for a type that there is not
 */
export async function exportAudit(
  deps: AuditDeps,
  caller: Caller,
  query: z.output<typeof auditExportQuerySchema>,
): Promise<AuditExport> {
  const { format, ...filters } = query;
  const filter = await auditFilter(deps.db, filters);
  await appendAudit(deps.db, {
    type: 'audit.exported',
    actor: caller.person.subject,
    clientId: caller.clientId,
    // Subjects, not addresses: the log holds none.
    data: { format, filter },
  });
  const { contentType, head, line } = formats[format];
  return {
    contentType,
    fileName: `countersign-audit-${deps.now().toISOString().slice(0, 19).replaceAll(':', '')}Z.${format}`,
    body: Readable.from(lines(deps.db, filter, { head, line, mayGoOn: () => mayGoOn(deps, caller) })),
  };
}

/** A whole log takes a while: it goes no further than the sign-in and the role of whoever takes it (RULES 9). */
async function mayGoOn({ db, now }: AuditDeps, { person, sessionId }: Caller): Promise<boolean> {
  const [known, session] = await Promise.all([
    findPerson(db, person.subject),
    sessionId === undefined ? undefined : findAccountSession(db, sessionId, now()),
  ]);
  return known !== undefined && isAuditor(known) && session !== undefined;
}

async function* lines(
  db: Db,
  filter: AuditFilter,
  { head, line, mayGoOn }: { head: string; line: (entry: AuditEntryView) => string; mayGoOn: () => Promise<boolean> },
): AsyncGenerator<string> {
  if (head !== '') yield head;
  let before: string | undefined;
  for (;;) {
    const rows = await listAudit(db, filter, { before, limit: pageSize });
    if (rows.length > 0) yield (await viewEntries(db, rows)).map(line).join('');
    before = rows.at(-1)?.position;
    if (rows.length < pageSize) return;
    if (!(await mayGoOn()))
      throw new DomainError('not_auditor', 'Whoever took this export may no longer read the log.');
  }
}

function jsonLine(entry: AuditEntryView): string {
  return `${JSON.stringify(entry)}\n`;
}

function csvHead(): string {
  return csvLine([
    ...['position', 'at', 'type', 'actor', 'subject', 'client_id', 'request_id', 'grant_id', 'session_id'],
    ...['scopes', 'data'],
  ]);
}

/** Where a semicolon parts cells, quotes in the middle hide nothing: what follows one would begin a cell of its own. */
function jsonCell(data: AuditEntryView['data']): string {
  return JSON.stringify(data).replaceAll(';', '\\u003b');
}

function csvEntry(entry: AuditEntryView): string {
  const { position, at, type, actor, subject, client_id, request_id, grant_id, session_id, scopes, data } = entry;
  return csvLine([
    ...[position, at, type, actor, subject ?? '', client_id ?? '', request_id ?? '', grant_id ?? '', session_id ?? ''],
    ...[scopes.join(' '), jsonCell(data)],
  ]);
}
