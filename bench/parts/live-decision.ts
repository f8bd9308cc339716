import { inTurns, timed, type Figure } from '../figures.ts';
import { objectOf, signIn, textOf, type Person } from '../http.ts';
import { openTold } from '../told.ts';
import type { World } from '../world.ts';

/** (h) A decision, from the moment it is sent until another open dashboard has fetched what it changed. */
export async function liveDecision({ product }: World): Promise<Figure[]> {
  const { issuer } = product;
  const [requester, approver, other] = [
    await signIn(issuer, 'demo@example.com'),
    await signIn(issuer, 'admin@example.com'),
    await signIn(issuer, 'admin@example.com'),
  ];
  const told = await openTold(issuer, other.cookie);
  try {
    const [times] = await inTurns(
      [
        async (index) => {
          const id = await ask(requester, index);
          return timed(async () => {
            const decided = approver.post(`/api/deny/${id}`, { reason: 'For the benchmark.' });
            // One decision may be told of more than once on its way.
            do await told.next(id);
            while (await isWaiting(other, id));
            await decided;
          });
        },
      ],
      60,
      10,
    );
    if (times === undefined) throw new Error('not measured');
    return [
      {
        part: 'h',
        what: 'a decision appears in another open dashboard',
        unit: 'ms',
        ours: times,
        aim: '≤ 300 at the median',
      },
    ];
  } finally {
    await told.close();
  }
}

async function ask(requester: Person, index: number): Promise<string> {
  const answer = await requester.post('/api/upgrade-scope', {
    scopes: ['read:user-data'],
    tool_name: 'get_user_info',
    tool_args: { user: `bench-${index}` },
  });
  return textOf(answer, 'approval_request_id');
}

/** As the dashboard's queue asks. */
async function isWaiting(other: Person, id: string): Promise<boolean> {
  const { requests } = await other.get('/api/requests?status=pending&limit=25');
  return Array.isArray(requests) && requests.some((request) => objectOf({ request }, 'request')['request_id'] === id);
}
