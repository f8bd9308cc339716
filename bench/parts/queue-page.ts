import { sql } from 'kysely';
import { connectToLaunched } from '../../test/support/launched-store.ts';
import { inTurns, timed, type Figure } from '../figures.ts';
import { signIn } from '../http.ts';
import type { World } from '../world.ts';

/** How an approver looks at the queue; a screen at a time, as the dashboard does. */
const views = [
  ['opened', ''],
  ['filtered by risk and tool', '&risk=critical&tool=execute_command'],
  ['filtered by a scope that few have', '&scope=admin:users'],
  ['searched, one matches', '&q=folder00077'],
  ['searched, all match', '&q=execute'],
] as const;

/** (f) The first page of an approver's queue when 10,000 requests wait, against 100. */
export async function queuePage({ product }: World): Promise<Figure[]> {
  const store = await connectToLaunched(product.stateFolder);
  const owner = await connectToLaunched(product.stateFolder, 'owner');
  const admin = await signIn(product.issuer, 'admin@example.com');
  /** Dated ahead, so that the sweeper leaves them alone. */
  const add = async (from: number, to: number): Promise<void> => {
    await sql`insert into scope_requests (request_id, subject, client_id, scopes, tool_name, tool_args, digest,
          dedupe_key, created_at)
        select 'req_bench_' || n, (select subject from people where email = 'user@example.com'), 'countersign-chat',
          case when n <= 10 then array['admin:users'] else array['execute:commands'] end, 'execute_command', jsonb_build_object('command', 'ls folder' || lpad(n::text, 5, '0')), 'bench-' || n,
          'bench-' || n, now() + interval '1 hour' + n * interval '1 millisecond'
        from generate_series(${from}::int, ${to}::int) as n`.execute(store.db);
    await sql`update scope_requests set status = 'pending', approval_type = 'admin_required', rule = 'bench',
          risk = 'critical', policy_version = 'bench', expires_at = now() + interval '1 day'
        where digest like 'bench-%' and status = 'requested'`.execute(store.db);
    // As autovacuum does within a minute.
    await sql`vacuum analyze scope_requests`.execute(owner.db);
  };
  const looks = views.map(
    ([, filter]) =>
      () =>
        timed(() => admin.get(`/api/requests?status=pending&limit=25${filter}`)),
  );
  try {
    await add(1, 100);
    const few = await inTurns(looks, 400, 40);
    await add(101, 10_000);
    const many = await inTurns(looks, 400, 40);
    return views.flatMap(([view], index): Figure[] => {
      const [ours, reference] = [many[index], few[index]];
      if (ours === undefined || reference === undefined) return [];
      return [
        {
          part: 'f',
          what: `the queue ${view}: 10,000 pending, against 100 (ratio of p95)`,
          unit: 'ms',
          ours,
          reference,
          ratio: ours.p95 / reference.p95,
          aim: '≤ 1.5',
        },
      ];
    });
  } finally {
    await Promise.all([store.close(), owner.close()]);
  }
}
