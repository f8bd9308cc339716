import type { DbOrTrx } from './connect.ts';

/** A call under a grant, as the tool server recorded it (RULES 25). */
export interface GrantCall {
  tool: string;
  calledAt: Date;
  finishedAt: Date | null;
  /** Null while it runs, or where it was cut off. */
  outcome: string | null;
  argumentDigest: string;
}

interface Entry {
  type: string;
  at: Date;
  data: Readonly<Record<string, unknown>>;
}

/** The latest calls under a grant, newest first. Whose grant it is has been looked at before. */
export async function callsUnderGrant(
  db: DbOrTrx,
  grantId: string,
  limit: number,
): Promise<{ calls: GrantCall[]; more: boolean }> {
  const of = (type: 'tool.called' | 'tool.finished') =>
    db
      .selectFrom('audit_events')
      .select(['position', 'type', 'at', 'data'])
      .where('grant_id', '=', grantId)
      .where('type', '=', type);
  // One more than shown tells whether there are others.
  const called = await of('tool.called')
    .orderBy('position', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = called.slice(0, limit).reverse();
  const first = shown[0];
  if (first === undefined) return { calls: [], more: false };
  const finished = await of('tool.finished').where('position', '>', first.position).orderBy('position').execute();
  return { calls: pairCalls(shown, finished).reverse(), more: called.length > limit };
}

/** Each beginning with its end: of like calls by one token, the first to begin takes the first end. Pure. */
export function pairCalls(called: readonly Entry[], finished: readonly Entry[]): GrantCall[] {
  const ends = Map.groupBy(finished, keyOf);
  return called.map((entry) => {
    const end = ends.get(keyOf(entry))?.shift();
    return {
      tool: text(entry.data['tool']),
      calledAt: entry.at,
      finishedAt: end?.at ?? null,
      outcome: end === undefined ? null : text(end.data['outcome']),
      argumentDigest: text(entry.data['argument_digest']),
    };
  });
}

/** How often a tool was called under each of these grants; absent means never. */
export async function countCallsUnder(db: DbOrTrx, grantIds: readonly string[]): Promise<Map<string, number>> {
  if (grantIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('audit_events')
    .select((eb) => ['grant_id', eb.fn.countAll<string>().as('count')])
    .where('grant_id', 'in', [...grantIds])
    .where('type', '=', 'tool.called')
    .groupBy('grant_id')
    .execute();
  return new Map(
    rows.flatMap(({ grant_id, count }) => (grant_id === null ? [] : [[grant_id, Number(count)] as const])),
  );
}

/** What this person's own calls in the chat were called with, by their digests. */
export async function ownArguments(
  db: DbOrTrx,
  subject: string,
  digests: readonly string[],
): Promise<Map<string, { arguments: Record<string, unknown>; sessionId: string }>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .selectFrom('tool_calls')
    .innerJoin('chat_sessions', 'chat_sessions.session_id', 'tool_calls.session_id')
    .select(['tool_calls.arguments_digest', 'tool_calls.arguments', 'tool_calls.session_id'])
    .where('chat_sessions.subject', '=', subject)
    .where('tool_calls.arguments_digest', 'in', [...new Set(digests)])
    .orderBy('tool_calls.position')
    .execute();
  return new Map(
    rows.map((row) => [row.arguments_digest, { arguments: row.arguments, sessionId: row.session_id }] as const),
  );
}

const keyOf = ({ data }: Entry): string => `${text(data['jti'])} ${text(data['argument_digest'])}`;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
