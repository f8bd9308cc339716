import { sql, type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import type { Risk } from '../../workflows/domain/policy.ts';
import type { RequestStatus } from '../../workflows/domain/request-status.ts';
import type { DbOrTrx } from './connect.ts';
import type { ScopeRequest } from './requests.ts';
import type { Database } from './schema.ts';
import { isVisible, type Visibility } from './visibility.ts';

/** Filter of {@link listRequests}; all conditions hold together. */
export interface RequestFilter {
  visibleTo?: Visibility;
  /** Only this person's requests. */
  subject?: string;
  /** All but this request. */
  except?: string;
  /** `pending` are those that policy has not looked at yet, too. */
  status?: Exclude<RequestStatus, 'requested'>;
  risk?: Risk;
  scope?: string;
  toolName?: string;
  clientId?: string;
  /** Every word has to begin a word of the request, or be part of its requester's name or address. */
  words?: readonly string[];
}

/** A page of {@link listRequests}. */
export interface RequestPage {
  /** Where the previous page ended. */
  after?: { createdAt: Date; requestId: string };
  limit: number;
}

type Query<Output> = SelectQueryBuilder<Database, 'scope_requests', Output>;

/** Requests newest first, pending ones oldest first so that none starves. */
export async function listRequests(db: DbOrTrx, filter: RequestFilter & RequestPage): Promise<ScopeRequest[]> {
  const oldestFirst = filter.status === 'pending';
  let query = filtered(db.selectFrom('scope_requests').selectAll(), filter, await peopleOfWords(db, filter.words));
  if (filter.after !== undefined) {
    const { createdAt, requestId } = filter.after;
    query = query.where(
      oldestFirst
        ? sql<boolean>`(created_at, request_id) > (${createdAt}, ${requestId})`
        : sql<boolean>`(created_at, request_id) < (${createdAt}, ${requestId})`,
    );
  }
  const direction = oldestFirst ? 'asc' : 'desc';
  return query.orderBy('created_at', direction).orderBy('request_id', direction).limit(filter.limit).execute();
}

/** What a summary of the queue is made of. */
export type WaitingRequest = Pick<
  ScopeRequest,
  'subject' | 'client_id' | 'scopes' | 'tool_name' | 'risk' | 'approval_type'
>;

/** The oldest waiting requests, as far as counting them takes: bounded, however long the queue is. */
export async function oldestWaiting(
  db: DbOrTrx,
  filter: Omit<RequestFilter, 'status'>,
  limit: number,
): Promise<WaitingRequest[]> {
  const columns = ['subject', 'client_id', 'scopes', 'tool_name', 'risk', 'approval_type'] as const;
  const query = db.selectFrom('scope_requests').select(columns);
  return filtered(query, { ...filter, status: 'pending' }, await peopleOfWords(db, filter.words))
    .orderBy('created_at')
    .orderBy('request_id')
    .limit(limit)
    .execute();
}

/** How many of a person's requests ended how, and how many wait, as far as somebody may see them. */
export async function countOutcomes(
  db: DbOrTrx,
  filter: Pick<RequestFilter, 'visibleTo' | 'subject' | 'except'>,
): Promise<Map<RequestStatus, number>> {
  const rows = await filtered(
    db.selectFrom('scope_requests').select((eb) => ['status', eb.fn.countAll<string>().as('count')]),
    filter,
    [],
  )
    .groupBy('status')
    .execute();
  return new Map(rows.map(({ status, count }) => [status, Number(count)]));
}

/** A word, and who bears it in their name or address. */
interface SearchedWord {
  word: string;
  subjects: readonly string[];
}

function filtered<Output>(from: Query<Output>, filter: RequestFilter, words: readonly SearchedWord[]): Query<Output> {
  let query = from;
  const { visibleTo } = filter;
  if (visibleTo !== undefined) query = query.where(isVisible(visibleTo, 'scope_requests'));
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.except !== undefined) query = query.where('request_id', '!=', filter.except);
  // As the partial indexes of what waits have it, word for word.
  if (filter.status === 'pending') query = query.where(sql<SqlBool>`status in ('requested', 'pending')`);
  else if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.risk !== undefined) query = query.where('risk', '=', filter.risk);
  if (filter.toolName !== undefined) query = query.where('tool_name', '=', filter.toolName);
  if (filter.clientId !== undefined) query = query.where('client_id', '=', filter.clientId);
  if (filter.scope !== undefined) query = query.where(sql<boolean>`scopes @> array[${filter.scope}]::text[]`);
  for (const word of words) query = query.where((eb) => eb.or(placesOf(eb, word)));
  return query;
}

/** Where a word may stand: in what was asked, in the requester's name or address, or as the id itself. */
function placesOf(
  eb: ExpressionBuilder<Database, 'scope_requests'>,
  { word, subjects }: SearchedWord,
): (ReturnType<typeof eb> | RawBuilder<SqlBool>)[] {
  return [
    sql<SqlBool>`request_words(scopes, tool_name, tool_args, justification) @@ search_query(${word}::text)`,
    ...(subjects.length === 0 ? [] : [eb('subject', 'in', subjects)]),
    ...(word.startsWith('req_') ? [eb('request_id', '=', word)] : []),
  ];
}

/** Looked up before, so that the search itself can use the index of subjects. */
async function peopleOfWords(db: DbOrTrx, words: readonly string[] = []): Promise<SearchedWord[]> {
  return Promise.all(
    words.map(async (word) => {
      const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
      const rows = await db
        .selectFrom('people')
        .select('subject')
        .where((eb) => eb.or([eb('email', 'ilike', pattern), eb('display_name', 'ilike', pattern)]))
        .execute();
      return { word, subjects: rows.map(({ subject }) => subject) };
    }),
  );
}
