import { sql } from 'kysely';
import { connectToLaunched } from '../../test/support/launched-store.ts';
import { compared, inTurns, timed, type Figure } from '../figures.ts';
import { signIn } from '../http.ts';
import type { World } from '../world.ts';

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
          array['execute:commands'], 'execute_command', jsonb_build_object('command', 'ls ' || n), 'bench-' || n,
          'bench-' || n, now() + interval '1 hour' + n * interval '1 millisecond'
        from generate_series(${from}::int, ${to}::int) as n`.execute(store.db);
    await sql`update scope_requests set status = 'pending', approval_type = 'admin_required', rule = 'bench',
          risk = 'critical', policy_version = 'bench', expires_at = now() + interval '1 day'
        where digest like 'bench-%' and status = 'requested'`.execute(store.db);
    // As autovacuum does within a minute.
    await sql`vacuum analyze scope_requests`.execute(owner.db);
  };
  const page = () => timed(() => admin.get('/api/requests?status=pending'));
  try {
    await add(1, 100);
    const [few] = await inTurns([page], 100, 20);
    await add(101, 10_000);
    const [many] = await inTurns([page], 100, 20);
    if (few === undefined || many === undefined) throw new Error('not measured');
    return [
      compared({
        part: 'f',
        what: 'first page of the queue with 10,000 pending requests, against 100',
        unit: 'ms',
        ours: many,
        reference: few,
        aim: '≤ 1.3',
      }),
    ];
  } finally {
    await Promise.all([store.close(), owner.close()]);
  }
}
