import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../api/approvals/decide.ts';
import { decideMany } from '../../api/approvals/decide-many.ts';
import { listRequests } from '../../api/approvals/list-requests.ts';
import { requestDetail } from '../../api/approvals/request-detail.ts';
import { requestSummary } from '../../api/approvals/request-summary.ts';
import { upgradeScope } from '../../api/approvals/upgrade-scope.ts';
import { listRequestsQuerySchema, requestDetailSchema } from '../../api/contract/scope-requests.ts';
import type { Caller } from '../../api/sessions/caller.ts';
import { findRequest } from '../../activities/store/requests.ts';
import { startApprovalStack, type ApprovalStack } from '../support/approval-stack.ts';

const policyText = (await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8')).replace(
  /(read:user-data:(?:\n {4}.*)*approvers: )\[admin\]/,
  '$1[admin, steward]',
);
let stack: ApprovalStack;
let admin: Caller;
let uma: Caller;
let max: Caller;
/** In our own dashboard, where one may ask again for what was just denied. */
let maxHere: Caller;

const ask = async (
  caller: Caller,
  scope: string,
  toolName: string,
  toolArgs: Record<string, unknown>,
  justification?: string,
): Promise<string> => {
  const answer = await upgradeScope(stack.deps, caller, {
    scopes: [scope],
    tool_name: toolName,
    tool_args: toolArgs,
    ...(justification === undefined ? {} : { justification }),
  });
  if (answer.status !== 'pending_admin_approval') throw new Error(`unexpected ${JSON.stringify(answer)}`);
  return answer.approval_request_id;
};
const askAbout = (caller: Caller, user: string, justification?: string): Promise<string> =>
  ask(caller, 'read:user-data', 'get_user_info', { user }, justification);
const queue = async (query: Record<string, string>, caller = admin): Promise<string[]> =>
  (await listRequests(stack.deps, caller, listRequestsQuerySchema.parse({ status: 'pending', ...query }))).requests.map(
    ({ request_id }) => request_id,
  );

beforeAll(async () => {
  stack = await startApprovalStack(policyText);
  admin = await stack.person(['admin']);
  uma = await stack.person(['user']);
  max = await stack.person(['user'], { clientId: 'another-client' });
  maxHere = { ...max, clientId: 'countersign-dashboard' };
}, 60_000);
afterAll(() => stack.stop());

describe('the queue, filtered and searched on the server', () => {
  let command: string;
  let first: string;
  let second: string;
  let erase: string;

  beforeAll(async () => {
    command = await ask(uma, 'execute:commands', 'execute_command', { command: 'cat /etc/passwd | head -5' });
    first = await askAbout(uma, 'alice', 'Ticket 4711, naïve question');
    second = await askAbout(max, 'bob');
    erase = await ask(max, 'erase:user-data', 'forget_user_data', { user: 'bob' });
  });

  it('comes oldest first, and each filter keeps what it names', async () => {
    const all = [command, first, second, erase];
    expect(await queue({})).toEqual(all);
    expect(await queue({ risk: 'medium' })).toEqual([first, second]);
    expect(await queue({ scope: 'erase:user-data' })).toEqual([erase]);
    expect(await queue({ tool: 'get_user_info', client: 'another-client' })).toEqual([second]);
    expect(await queue({ requester: uma.person.email.toUpperCase() })).toEqual([command, first]);
    expect(await queue({ requester: 'nobody@example.com' })).toEqual([]);
    expect(await queue({ client: 'none' })).toEqual([]);
  });

  it('finds beginnings of words in arguments, scopes, tools, reasons and people, all of them together', async () => {
    expect(await queue({ q: 'passw' })).toEqual([command]);
    expect(await queue({ q: 'asswd' })).toEqual([]);
    expect(await queue({ q: 'ETC head' })).toEqual([command]);
    expect(await queue({ q: '/etc/passwd' })).toEqual([command]);
    expect(await queue({ q: '4711' })).toEqual([first]);
    expect(await queue({ q: 'naïv' })).toEqual([first]);
    expect(await queue({ q: 'user-data bob' })).toEqual([second, erase]);
    expect(await queue({ q: `${max.person.email.slice(4, 20)} get_user` })).toEqual([second]);
    expect(await queue({ q: second })).toEqual([second]);
    expect(await queue({ q: `alice ${second}` })).toEqual([]);
  });

  it('takes marks for what they are: nothing to look for, and nothing that breaks a search', async () => {
    expect(await queue({ q: " | & ! ' ( :* " })).toHaveLength(4);
    expect(await queue({ q: `bob' | !x:* \\ %_` })).toEqual([]);
    expect(await queue({ q: "bob' & (" })).toEqual([second, erase]);
    expect(await queue({ q: '%a' })).toEqual([first]);
  });

  it('goes on page by page with the filter', async () => {
    const query = listRequestsQuerySchema.parse({ status: 'pending', q: 'bob', limit: '1' });
    const page = await listRequests(stack.deps, admin, query);
    expect(page.requests.map(({ request_id }) => request_id)).toEqual([second]);
    const rest = await listRequests(stack.deps, admin, { ...query, cursor: page.next_cursor });
    expect(rest.requests.map(({ request_id }) => request_id)).toEqual([erase]);
    expect(rest.next_cursor).toBeUndefined();
  });

  it('is counted, with what there is to filter by', async () => {
    expect(await requestSummary(stack.deps, admin, { q: 'bob' })).toMatchObject({
      waiting: 2,
      more: false,
      risks: [
        { value: 'high', waiting: 1 },
        { value: 'medium', waiting: 1 },
      ],
      clients: [{ value: 'another-client', waiting: 2, name: 'another-client', verified: false }],
      requesters: [{ value: max.person.email, waiting: 2 }],
    });
  });

  it('shows an approver of some scopes those and their own, in full pages', async () => {
    const steward = await stack.person(['steward']);
    expect(await queue({}, steward)).toEqual([first, second]);
    expect(await queue({ limit: '1' }, steward)).toEqual([first]);
    expect((await requestSummary(stack.deps, steward, {})).waiting).toBe(2);
    expect(await queue({}, uma)).toEqual([command, first]);
    expect(await queue({ q: 'bob' }, uma)).toEqual([]);
    expect((await requestSummary(stack.deps, { ...admin, kind: 'bearer' }, {})).waiting).toBe(0);
  });

  it('finds with indexes, whatever else is stored', async () => {
    await sql`insert into scope_requests (request_id, subject, client_id, scopes, tool_name, tool_args, digest, dedupe_key)
      select 'req_many_' || n, ${uma.person.subject}, 'bulk', array['read:user-data'], 'get_user_info',
        jsonb_build_object('user', 'person ' || n), n, n from generate_series(1, 3000) as n`.execute(stack.app.db);
    await sql`analyze scope_requests`.execute(stack.owner.db);
    const plan = await sql<{ 'QUERY PLAN': string }>`explain select * from scope_requests
      where status in ('requested', 'pending')
        and request_words(scopes, tool_name, tool_args, justification) @@ search_query('passw')
      order by created_at, request_id limit 51`.execute(stack.app.db);
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('scope_requests_words');
    expect(await queue({ q: 'passw' })).toEqual([command]);
    expect((await queue({ client: 'bulk', q: 'person 2999' })).length).toBe(1);
    expect(await requestSummary(stack.deps, admin, {})).toMatchObject({ waiting: 1_000, more: true });
    await sql`delete from scope_requests where client_id = 'bulk'`.execute(stack.owner.db);
  });
});

describe('requests of one turn of an agent', () => {
  it('have the same agent run; others have none', async () => {
    const [session, asked, reply] = [`ses_${randomUUID()}`, `msg_${randomUUID()}`, `msg_${randomUUID()}`];
    const ids = [await askAbout(uma, 'carol'), await askAbout(uma, 'dave')];
    const { db } = stack.app;
    await db
      .insertInto('chat_sessions')
      .values({ session_id: session, subject: uma.person.subject, title: 'Two' })
      .execute();
    for (const [message_id, role] of [
      [asked, 'user'],
      [reply, 'assistant'],
    ] as const) {
      await db
        .insertInto('chat_messages')
        .values({ message_id, session_id: session, role, reply_to: null, status: 'completed' })
        .execute();
    }
    for (const request_id of ids) {
      await db
        .insertInto('tool_calls')
        .values({
          call_id: `call_${request_id}`,
          session_id: session,
          message_id: reply,
          name: 'get_user_info',
          arguments: '{}',
          arguments_digest: request_id,
          status: 'parked',
          request_id,
          claimed_at: null,
          finished_at: null,
        })
        .execute();
    }
    const { requests } = await listRequests(stack.deps, admin, { status: 'pending', limit: 50 });
    const runs = new Map(requests.map(({ request_id, agent_run }) => [request_id, agent_run]));
    expect(ids.map((id) => runs.get(id))).toEqual([reply, reply]);
    expect([...runs].filter(([id]) => !ids.includes(id)).every(([, run]) => run === null)).toBe(true);
  });
});

describe('one request in full', () => {
  it('names what will run, who asks, what they hold and how it went before, and why it is here', async () => {
    const ann = await stack.person(['user', 'developer']);
    const denied = await askAbout(ann, 'eve');
    await decide(stack.deps, admin, { requestId: denied, verdict: 'deny', note: 'no', claimedEmail: undefined });
    const held = await askAbout(ann, 'frank');
    await decide(stack.deps, admin, { requestId: held, verdict: 'approve', note: null, claimedEmail: undefined });
    const id = await ask(ann, 'execute:commands', 'execute_command', { command: "grep -c 'a b' notes.txt | wc -l" });

    const detail = requestDetailSchema.parse(await requestDetail(stack.deps, admin, id));
    expect(detail.will_run).toEqual({
      stages: [
        { path: '/usr/bin/grep', args: ['-c', 'a b', 'notes.txt'] },
        { path: '/usr/bin/wc', args: ['-l'] },
      ],
    });
    expect(detail.digest).toBe((await findRequest(stack.app.db, id))?.digest);
    expect(detail.requester).toMatchObject({
      roles: ['developer', 'user'],
      grants: [{ request_id: held, scopes: ['read:user-data'] }],
      // Of the others, as in the list: the request itself is no earlier one.
      outcomes: { pending: 0, approved: 1, denied: 1, expired: 0, cancelled: 0 },
      recent: [
        { request_id: held, status: 'approved', decided_by: admin.person.email },
        { request_id: denied, status: 'denied', decided_by: admin.person.email },
      ],
    });
    expect(detail.scopes).toMatchObject([
      { scope: 'execute:commands', approvers: ['admin'], granted_at_once_to: ['admin'], otherwise: 'admin' },
    ]);
    expect(detail.policy).toMatchObject({ live: true });

    await stack.policy(policyText.replace('Run commands from', 'Execute commands from'));
    const later = await requestDetail(stack.deps, admin, id);
    expect(later.policy).toMatchObject({ version: detail.policy?.version, live: false });
    expect(later.scopes[0]?.description).toContain('Run commands from');
    await stack.policy(policyText);
  });

  it('says that a command would be refused, and shows no more of the requester than the viewer may see', async () => {
    const bea = await stack.person(['user']);
    await ask(bea, 'execute:commands', 'execute_command', { command: 'uptime' });
    const refused = await ask(bea, 'execute:commands', 'execute_command', { command: 'rm -rf / ; ls' });
    expect((await requestDetail(stack.deps, admin, refused)).will_run).toEqual({
      refused: expect.stringContaining('semicolon') as unknown,
    });
    const about = await askAbout(bea, 'grace');
    const { requester } = await requestDetail(stack.deps, await stack.person(['steward']), about);
    expect(requester.recent).toEqual([]);
    expect(requester.outcomes.pending).toBe(0);
    await expect(requestDetail(stack.deps, await stack.person(['steward']), refused)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('several requests decided together', () => {
  const deny = (ids: string[], caller = admin) =>
    decideMany(stack.deps, caller, { verdict: 'deny', request_ids: ids, reason: 'Not today.' });

  it('are decisions of their own, and one that fails stops no other', async () => {
    const ids = [await askAbout(uma, 'h1'), await askAbout(uma, 'h2'), await askAbout(max, 'h3')];
    const [first = '', gone = '', third = ''] = ids;
    const other = await stack.person(['admin']);
    await decide(stack.deps, other, { requestId: gone, verdict: 'approve', note: null, claimedEmail: undefined });

    const { results } = await deny([first, gone, third, third, 'req_unknown']);
    expect(results.map(({ request_id, outcome }) => [request_id, outcome])).toEqual([
      [first, 'decided'],
      [gone, 'refused'],
      [third, 'decided'],
      ['req_unknown', 'refused'],
    ]);
    expect(results[0]?.request).toMatchObject({ status: 'denied', denied_by: admin.person.email });
    expect(results[1]?.problem).toMatchObject({
      code: 'already_decided',
      request: { status: 'approved', approved_by: other.person.email },
    });
    expect(results[3]?.problem?.code).toBe('not_found');
    const statements = await stack.app.db
      .selectFrom('decisions')
      .select(['request_id', 'statement', 'outcome'])
      .where('request_id', 'in', [first, third])
      .execute();
    expect(statements.map(({ outcome }) => outcome)).toEqual(['counted', 'counted']);
    expect(new Set(statements.map(({ statement }) => statement)).size).toBe(2);
  });

  it('can be approved, each with its grant', async () => {
    const ids = [await askAbout(await stack.person(['user']), 'i1'), await askAbout(await stack.person([]), 'i2')];
    const { results } = await decideMany(stack.deps, admin, { verdict: 'approve', request_ids: ids });
    expect(results.map(({ request }) => [request?.status, request?.grant?.status])).toEqual([
      ['approved', 'active'],
      ['approved', 'active'],
    ]);
  });

  it.each([
    ['another tool', () => ask(maxHere, 'read:user-data', 'list_user_info', { user: 'k' })],
    ['another scope', () => ask(maxHere, 'erase:user-data', 'get_user_info', { user: 'k' })],
  ])('are refused together with %s, before any is decided', async (_what, askAnother) => {
    const nina = await stack.person(['user']);
    const ids = [await askAbout(nina, 'k'), await askAnother()];
    await expect(deny(ids)).rejects.toMatchObject({ code: 'not_alike' });
    expect((await findRequest(stack.app.db, ids[0] ?? ''))?.status).toBe('pending');
  });

  it('are never of high or critical risk, not even one alone', async () => {
    const olga = await stack.person(['user']);
    for (const [scope, tool] of [
      ['execute:commands', 'execute_command'],
      ['erase:user-data', 'forget_user_data'],
    ] as const) {
      const id = await ask(olga, scope, tool, { command: 'uptime' });
      await expect(deny([id])).rejects.toMatchObject({ code: 'not_alike' });
    }
  });

  it('tell nothing of requests that are not the caller’s to see, and decide none', async () => {
    const secret = await ask(uma, 'execute:commands', 'execute_command', { command: 'df' });
    const mine = await askAbout(maxHere, 'l1');
    const { results } = await deny([secret, mine], max);
    expect(results.map(({ problem }) => problem?.code)).toEqual(['not_found', 'own_request']);
    const token = await decideMany(
      stack.deps,
      { ...admin, kind: 'bearer' },
      { verdict: 'deny', request_ids: [mine], reason: 'x' },
    );
    expect(token.results[0]?.problem?.code).toBe('insufficient_scope');
    expect((await findRequest(stack.app.db, mine))?.status).toBe('pending');
  });
});
