import { sql, type Selectable } from 'kysely';
import type { Db, DbOrTrx } from './connect.ts';
import type { ApprovalType } from '../../workflows/domain/approval-type.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { McpTasksTable } from './schema.ts';

/** One parked call as stored, with how its request stands. */
export interface StoredTask extends Selectable<McpTasksTable> {
  request_status: RequestStatus;
  deciding: boolean;
  decision_note: string | null;
  approval_type: ApprovalType | null;
  /** What came of its request, alive or not. */
  grant_id: string | null;
}

/** A call to park. */
export interface NewTask {
  taskId: string;
  subject: string;
  clientId: string;
  requestId: string;
  toolName: string;
  toolArgs: Record<string, unknown>;
  argumentDigest: string;
  expiresAt: Date;
}

/** So many calls of one person and client are stored, ended ones too until their time is over; more are answered at once. */
const mostParked = 50;

/** Parks a call, and forgets those whose time is over. @returns false when too many are parked already */
export async function insertTask(db: Db, task: NewTask, now: Date): Promise<boolean> {
  await db.deleteFrom('mcp_tasks').where('expires_at', '<=', now).execute();
  const { subject, clientId } = task;
  return db.transaction().execute(async (trx) => {
    // One at a time for each person and client, so that the count holds.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`mcp_tasks ${subject} ${clientId}`}, 0))`.execute(trx);
    const { count } = await trx
      .selectFrom('mcp_tasks')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where('subject', '=', subject)
      .where('client_id', '=', clientId)
      .executeTakeFirstOrThrow();
    if (Number(count) >= mostParked) return false;
    await trx
      .insertInto('mcp_tasks')
      .values({
        task_id: task.taskId,
        subject,
        client_id: clientId,
        request_id: task.requestId,
        tool_name: task.toolName,
        tool_args: JSON.stringify(task.toolArgs),
        argument_digest: task.argumentDigest,
        created_at: now,
        updated_at: now,
        expires_at: task.expiresAt,
      })
      .execute();
    return true;
  });
}

/** A task of this person and client; somebody else's is not there (RULES 9). */
export async function findTask(
  db: Db,
  of: { taskId: string; subject: string; clientId: string },
  now: Date,
): Promise<StoredTask | undefined> {
  return db
    .selectFrom('mcp_tasks')
    .innerJoin('scope_requests as request', 'request.request_id', 'mcp_tasks.request_id')
    .leftJoin('grants', 'grants.request_id', 'mcp_tasks.request_id')
    .selectAll('mcp_tasks')
    .select([
      'request.status as request_status',
      'request.deciding',
      'request.decision_note',
      'request.approval_type',
      'grants.grant_id',
    ])
    .where('mcp_tasks.task_id', '=', of.taskId)
    .where('mcp_tasks.subject', '=', of.subject)
    .where('mcp_tasks.client_id', '=', of.clientId)
    .where('mcp_tasks.expires_at', '>', now)
    .executeTakeFirst();
}

/** Of a call that nobody runs any more no arguments are kept. */
const noArguments = JSON.stringify({});

/**
 * Takes the call, and its arguments out of the database, for whoever runs it now.
 *
 * @returns false when it was taken, ended or cancelled before (RULES 22)
 */
export async function claimTask(db: Db, taskId: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mcp_tasks')
    .set({ claimed_at: at, updated_at: at, tool_args: noArguments })
    .where('task_id', '=', taskId)
    .where('claimed_at', 'is', null)
    .where('result', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Keeps the result; the first one stays, and none whose grant has ended meanwhile. */
export async function finishTask(db: Db, taskId: string, result: Record<string, unknown>, at: Date): Promise<void> {
  await db
    .updateTable('mcp_tasks')
    .set({ result: JSON.stringify(result), updated_at: at, tool_args: noArguments })
    .where('task_id', '=', taskId)
    .where('result', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .execute();
}

/** Ends a task whose call has not been taken. @returns whether it was ended */
export async function cancelTask(db: Db, taskId: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mcp_tasks')
    .set({ cancelled_at: at, updated_at: at, tool_args: noArguments })
    .where('task_id', '=', taskId)
    .where('claimed_at', 'is', null)
    .where('result', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The grant of a request ends: its calls run no more, and nothing of what they answered is kept. Call it in that transaction. */
export async function withdrawTasks(trx: DbOrTrx, requestId: string, at: Date): Promise<void> {
  await trx
    .updateTable('mcp_tasks')
    .set({ withdrawn_at: at, updated_at: at, result: null, tool_args: noArguments })
    .where('request_id', '=', requestId)
    .where('withdrawn_at', 'is', null)
    .execute();
}

/** A request ends without a grant: its calls will never run. Call it in that transaction. */
export async function forgetArguments(trx: DbOrTrx, requestId: string): Promise<void> {
  await trx.updateTable('mcp_tasks').set({ tool_args: noArguments }).where('request_id', '=', requestId).execute();
}

/** Whatever this person had parked, through that client or any, was never there. Call it in the transaction that ends the rest. */
export async function deleteTasks(trx: DbOrTrx, of: { subject: string; clientId?: string }): Promise<void> {
  await trx
    .deleteFrom('mcp_tasks')
    .where('subject', '=', of.subject)
    .$if(of.clientId !== undefined, (query) => query.where('client_id', '=', of.clientId ?? ''))
    .execute();
}
