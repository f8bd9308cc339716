import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '../../activities/store/connect.ts';
import type { ChatReply } from '../../api/contract/chat.ts';
import { persistently, pullPlug, readStore, untilStored, victims, type Victim } from '../support/chaos.ts';
import { answered, askForApproval, say, statusOf } from '../support/conversation.ts';
import { launch, launchPorts, removeStateFolder, temporaryStateFolder, type Launched } from '../support/launched.ts';
import { needsSandbox } from '../support/needs-sandbox.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

needsSandbox();

/** Where in the life of a request the plug is pulled. */
const points = ['stored', 'pending', 'decision recorded', 'minted', 'resumed'] as const;
type Point = (typeof points)[number];

/** All of them take minutes; the ordinary run looks at one. */
const full = process.env['COUNTERSIGN_FULL_TESTS'] === '1';
const cells: [Victim, Point][] = full
  ? victims.flatMap((victim) => points.map((point): [Victim, Point] => [victim, point]))
  : [['PostgreSQL', 'decision recorded']];

let stateFolder: string;
let product: Launched;

beforeAll(async () => {
  stateFolder = await temporaryStateFolder();
  product = await launch({ stateFolder, ports: await launchPorts() });
}, 180_000);
afterAll(async () => {
  await product.stop();
  await removeStateFolder(stateFolder);
});

describe('the plug is pulled', () => {
  test.each(cells)(
    'on %s when a request is %s: nothing is lost, nothing happens twice',
    async (victim, point) => {
      const { chatUrl, issuer } = product;
      const who = await persistently(() => signedIn(chatUrl, 'user@example.com'));
      const [admin, stranger] = await Promise.all(
        ['admin@example.com', 'demo@example.com'].map((email) => persistently(() => signedIn(issuer, email))),
      );
      if (admin === undefined || stranger === undefined) throw new Error('nobody');
      const reply = await persistently(() => say(who, 'Execute command: uptime'));
      expect(reply.status).toBe('awaiting_authorization');

      const seen = await reach(point, { who, admin, reply });
      product = await pullPlug(product, victim);

      const requestId = await persistently(() => requestOf(who, reply));
      if (point !== 'stored') expect(await persistently(() => statusOf(admin, requestId))).toMatchObject(seen);
      await persistently(() => approve(admin, requestId));
      const message = await answered(who, reply, 90_000);

      const theirs = await statusOf(admin, requestId);
      expect(theirs).toMatchObject({ status: 'approved', approved_by: 'admin@example.com' });
      expect((await who.get(`/check-approval/${requestId}`)).body).toEqual(theirs);
      expect((await stranger.get(`/api/status/${requestId}`)).status).toBe(404);
      const [call] = message.tool_calls ?? [];
      // Cut off in the middle it is unknown, and never tried again by itself.
      expect(point === 'resumed' ? ['succeeded', 'unknown'] : ['succeeded'], message.content).toContain(call?.status);

      const facts = await readStore(product, (db) => factsOf(db, reply, requestId));
      expect(facts).toMatchObject({
        requests: 1,
        grants: 1,
        'request.created': 1,
        'request.pending': 1,
        'decision.recorded': 1,
        'request.approved': 1,
        'grant.created': 1,
      });
      expect(facts['decision.dropped']).toBeUndefined();
      if (call?.status === 'succeeded') expect(facts.runs).toBe(1);
      else expect(facts.runs).toBeLessThanOrEqual(1);
      await endGrants(admin);
    },
    240_000,
  );
});

interface Waiting {
  who: Visitor;
  admin: Visitor;
  reply: ChatReply;
}

/** Brings a request to the point, and no further than it takes to notice. @returns what its people must still see later */
async function reach(point: Point, { who, admin, reply }: Waiting): Promise<Record<string, unknown>> {
  const callId = reply.tool_calls[0]?.call_id ?? '';
  const ofCall = (db: Db) =>
    db.selectFrom('tool_calls').selectAll().where('call_id', '=', callId).executeTakeFirstOrThrow();
  if (point === 'stored') {
    // The answer may never come: the plug is pulled while it is being made.
    void askForApproval(who, reply).catch(() => undefined);
    await untilStored(product, 'the request', async (db) => (await requestsOf(db, reply)).length > 0);
    return {};
  }
  const requestId = await askForApproval(who, reply);
  if (point === 'pending') return { status: 'pending' };
  void approve(admin, requestId).catch(() => undefined);
  if (point === 'decision recorded') {
    await untilStored(product, 'the decision', async (db) => {
      const rows = await db.selectFrom('decisions').select('decision_id').where('request_id', '=', requestId).execute();
      return rows.length > 0;
    });
    return {};
  }
  if (point === 'minted') {
    await untilStored(product, 'the grant', async (db) => {
      const rows = await db.selectFrom('grants').select('grant_id').where('request_id', '=', requestId).execute();
      return rows.length > 0;
    });
    return { status: 'approved', approved_by: 'admin@example.com' };
  }
  await untilStored(product, 'the resumed call', async (db) =>
    ['running', 'succeeded'].includes((await ofCall(db)).status),
  );
  return { status: 'approved', approved_by: 'admin@example.com' };
}

/** Asking again joins the open request; what is decided already is found where it is kept. */
async function requestOf(who: Visitor, reply: ChatReply): Promise<string> {
  const [known] = await readStore(product, (db) => requestsOf(db, reply));
  return known ?? askForApproval(who, reply);
}

async function requestsOf(db: Db, reply: ChatReply): Promise<string[]> {
  const rows = await db
    .selectFrom('scope_requests')
    .select('request_id')
    .where('session_id', '=', reply.session_id)
    .execute();
  return rows.map(({ request_id }) => request_id);
}

/** 202 is recorded; 200 also says that the same approval stands already. */
async function approve(admin: Visitor, requestId: string): Promise<void> {
  const { status, body } = await admin.post(`/api/approve/${requestId}`);
  if (status !== 200 && status !== 202) throw new Error(`approving answered ${status}: ${JSON.stringify(body)}`);
}

/** How often everything happened that may happen once. */
async function factsOf(db: Db, reply: ChatReply, requestId: string): Promise<Record<string, number>> {
  const facts: Record<string, number> = { requests: (await requestsOf(db, reply)).length, runs: 0 };
  const grants = await db.selectFrom('grants').select('grant_id').where('request_id', '=', requestId).execute();
  facts['grants'] = grants.length;
  const call = await db
    .selectFrom('tool_calls')
    .select(['arguments_digest', 'claimed_at'])
    .where('call_id', '=', reply.tool_calls[0]?.call_id ?? '')
    .executeTakeFirstOrThrow();
  const entries = await db.selectFrom('audit_events').selectAll().execute();
  for (const { type } of entries.filter(({ request_id }) => request_id === requestId))
    facts[type] = (facts[type] ?? 0) + 1;
  facts['runs'] = entries.filter(
    ({ type, data, grant_id }) =>
      type === 'tool.called' &&
      grants.some((grant) => grant.grant_id === grant_id) &&
      JSON.stringify(data).includes(call.arguments_digest),
  ).length;
  return facts;
}

/** The next cell begins with nothing held. */
async function endGrants(admin: Visitor): Promise<void> {
  const { body } = await admin.get('/api/grants');
  const grants = body['grants'] as { grant_id: string; status: string; scopes: string[] }[];
  for (const grant of grants)
    if (grant.status === 'active' && grant.scopes.includes('execute:commands'))
      await admin.post(`/api/grants/${grant.grant_id}/revoke`, {});
}
