import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestStatusSchema, upgradeScopeResponseSchema } from '../../api/contract/scope-requests.ts';
import { hang, persistently, readStore } from '../support/chaos.ts';
import { statusOf } from '../support/conversation.ts';
import { launch, launchPorts, removeStateFolder, temporaryStateFolder, type Launched } from '../support/launched.ts';
import { signedIn, type Visitor } from '../support/visitor.ts';

let stateFolder: string;
let product: Launched;
let user: Visitor;
let admin: Visitor;

beforeAll(async () => {
  stateFolder = await temporaryStateFolder();
  product = await launch({ stateFolder, ports: await launchPorts() });
  user = await signedIn(product.issuer, 'user@example.com');
  admin = await signedIn(product.issuer, 'admin@example.com');
}, 180_000);
afterAll(async () => {
  await product.stop();
  await removeStateFolder(stateFolder);
});

test.each([
  // What was on its way to it is lost for certain: only the sweeper can deliver.
  ['is killed while it hangs', 'end' as const],
  ['goes on', 'resume' as const],
])(
  'a decision recorded while Temporal hangs is in force soon after it %s, once',
  async (name, then) => {
    const asked = upgradeScopeResponseSchema.parse(
      (await user.post('/api/upgrade-scope', { scopes: ['admin:users'], justification: name })).body,
    );
    if (asked.status !== 'pending_admin_approval') throw new Error(`not pending: ${asked.status}`);
    const requestId = asked.approval_request_id;

    const temporal = await hang(product, 'Temporal');
    try {
      const answer = await admin.post(`/api/approve/${requestId}`);
      expect([answer.status, requestStatusSchema.parse(answer.body).status]).toEqual([202, 'pending']);
      expect((await statusOf(user, requestId)).status).toBe('pending');
    } finally {
      await temporal[then]();
    }

    await expect
      .poll(async () => (await persistently(() => statusOf(user, requestId))).status, { timeout: 120_000 })
      .toBe('approved');
    const types = await readStore(product, async (db) => {
      const rows = await db.selectFrom('audit_events').select('type').where('request_id', '=', requestId).execute();
      return rows.map(({ type }) => type).filter((type) => /^(decision|request\.approved|grant\.created)/.test(type));
    });
    expect(types.filter((type) => type !== 'decision.redelivered').sort()).toEqual([
      'decision.recorded',
      'grant.created',
      'request.approved',
    ]);
    if (then === 'end') expect(types).toContain('decision.redelivered');
    const { grant } = await statusOf(user, requestId);
    expect((await user.post(`/api/grants/${grant?.grant_id ?? ''}/return`)).status).toBe(200);
  },
  240_000,
);
