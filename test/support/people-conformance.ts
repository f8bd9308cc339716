import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mintGrant } from '../../activities/mint/mint-grant.ts';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { evaluateRequest } from '../../activities/requests/evaluate-request.ts';
import { appendAuditUnderGrant } from '../../activities/store/audit.ts';
import { runChecked } from '../../activities/store/checked-function.ts';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { insertCredential, standingOf } from '../../activities/store/credentials.ts';
import { endGrant, findGrant, findGrantOfRequest, frozenGrants, heldScopes } from '../../activities/store/grants.ts';
import { findPerson, insertPerson } from '../../activities/store/people.ts';
import { setPersonRoles, type ChangedRoles } from '../../activities/store/person-roles.ts';
import { insertPolicyVersion } from '../../activities/store/policies.ts';
import { openRequest } from '../../activities/store/requests.ts';
import { findFreeze } from '../../activities/store/suspensions.ts';
import type { StoreUnderTest } from './store-conformance.ts';
import { signInAtClient } from './client-sign-in.ts';

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const hour = 3_600_000;

/** Roles, accounts, blocked clients and the freeze: what the owner's functions allow, and what they hold up (RULES 4). */
export function describePeopleStore(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(`people, clients and the freeze on ${name}`, () => {
    let store: StoreUnderTest;
    let owner: Connection;
    let app: Connection;
    let mint: Connection;
    let ada: string;
    let ben: string;
    let uma: string;

    beforeAll(async () => {
      store = await start();
      owner = connect(store.ownerUrl, { max: 2 });
      app = connect(store.appUrl, { max: 10 });
      mint = connect(store.mintUrl, { max: 2 });
      await insertPolicyVersion(owner.db, parsePolicy(policyText, 'policy'), policyText);
    });
    afterAll(async () => {
      await Promise.all([owner.close(), app.close(), mint.close()]);
      await store.stop();
    });
    beforeEach(async () => {
      // Those of earlier tests are admins no longer: who is the last one is part of what is tested.
      await sql`delete from person_roles where role = 'admin'`.execute(owner.db);
      await sql`update freezes set lifted_by = frozen_by, lifted_at = now() where lifted_at is null`.execute(owner.db);
      ada = await person(['admin']);
      ben = await person(['admin', 'developer']);
      uma = await person(['user']);
    });

    async function person(roles: readonly string[]): Promise<string> {
      const subject = `usr_${randomUUID()}`;
      await insertPerson(owner.db, {
        subject,
        email: `${subject}@example.com`,
        displayName: 'P',
        passwordHash: null,
        roles,
      });
      return subject;
    }
    async function grant(
      subject: string,
      scopes: string[],
      change: { clientId?: string; approvedBy?: string } = {},
    ): Promise<string> {
      const clientId = change.clientId ?? 'client';
      const { request } = await app.db.transaction().execute((trx) =>
        openRequest(trx, {
          subject,
          clientId,
          sessionId: null,
          scopes,
          toolName: null,
          toolArgs: { n: randomUUID() },
          justification: null,
        }),
      );
      const grantId = `gra_${randomUUID()}`;
      await mint.db
        .insertInto('grants')
        .values({
          grant_id: grantId,
          request_id: request.request_id,
          subject,
          client_id: clientId,
          session_id: null,
          scopes,
          granted_at: new Date(),
          expires_at: new Date(Date.now() + hour),
          end_reason: null,
          ended_at: null,
          ended_by: null,
        })
        .execute();
      await mint.db
        .updateTable('scope_requests')
        .set({ status: 'approved', decided_at: new Date(), decided_by: change.approvedBy ?? null })
        .where('request_id', '=', request.request_id)
        .execute();
      return grantId;
    }
    const change = (by: string, user: string, roles: string[]): Promise<ChangedRoles> =>
      app.db.transaction().execute((trx) => setPersonRoles(trx, { grantId: by, user, roles }, new Date()));
    const rolesOf = async (subject: string) => (await findPerson(app.db, subject))?.roles;
    const disable = (actor: string, subject: string, off = true): Promise<boolean> =>
      runChecked(app.db, sql<boolean>`set_person_disabled(${actor}, ${subject}, ${off}, 'left')`);
    const freeze = (actor: string, why = 'incident'): Promise<unknown> =>
      runChecked(app.db, sql`freeze_grants(${actor}, ${why})`);
    const lift = (actor: string): Promise<boolean> => runChecked(app.db, sql<boolean>`lift_freeze(${actor})`);
    const block = (actor: string, client: string, reason: string | null): Promise<boolean> =>
      runChecked(app.db, sql<boolean>`set_client_blocked(${actor}, ${client}, ${reason})`);
    const held = (subject: string, clientId = 'client') => heldScopes(app.db, { subject, clientId }, new Date());
    const begins = (grantId: string) =>
      appendAuditUnderGrant(
        app.db,
        { grantId, entry: { type: 'tool.called', actor: uma, grantId }, synced: true },
        new Date(),
      );
    const audited = async (type: string, subject: string) =>
      (
        await app.db
          .selectFrom('audit_events')
          .select(['actor', 'data', 'grant_id'])
          .where('type', '=', type)
          .where((eb) => eb.or([eb('subject', '=', subject), eb('client_id', '=', subject), eb('actor', '=', subject)]))
          .execute()
      ).map(({ actor, data, grant_id }) => ({ actor, data, grant_id }));

    describe('roles', () => {
      it('change under a living grant of somebody else, with an audit entry and an event', async () => {
        const by = await grant(ada, ['admin:users']);
        const changed = await change(by, `${uma}@EXAMPLE.com`, ['developer', 'user', 'user']);
        expect(changed).toMatchObject({ person: { roles: ['developer', 'user'] }, before: ['user'], ended: [] });
        expect(await rolesOf(uma)).toEqual(['developer', 'user']);
        expect(await audited('person.roles_changed', uma)).toEqual([
          { actor: ada, grant_id: by, data: { before: ['user'], after: ['developer', 'user'] } },
        ]);
        const events = await app.db.selectFrom('events').select('kind').where('id', '=', uma).execute();
        expect(events).toEqual([{ kind: 'person' }]);
      });

      it('are not one’s own to change', async () => {
        const by = await grant(uma, ['admin:users']);
        await expect(change(by, uma, ['admin'])).rejects.toMatchObject({ code: 'own_account' });
        expect(await rolesOf(uma)).toEqual(['user']);
      });

      it.each([
        ['another scope', (by: string) => grant(by, ['execute:commands'])],
        ['no grant at all', () => Promise.resolve('gra_none')],
        [
          'a grant that has ended',
          async (by: string) => {
            const grantId = await grant(by, ['admin:users']);
            await endGrant(app.db, grantId, { reason: 'revoked', by: 'system', at: new Date() });
            return grantId;
          },
        ],
        [
          'a grant of a disabled account',
          async (by: string) => {
            const grantId = await grant(by, ['admin:users']);
            await disable(ben, by);
            return grantId;
          },
        ],
      ])('do not change under %s', async (_name, make) => {
        await expect(change(await make(ada), uma, ['admin'])).rejects.toMatchObject({ code: 'insufficient_scope' });
        expect(await rolesOf(uma)).toEqual(['user']);
      });

      it('do not change while grants are frozen or the client is blocked', async () => {
        const by = await grant(ada, ['admin:users']);
        await freeze(ben);
        await expect(change(by, uma, [])).rejects.toMatchObject({ code: 'insufficient_scope' });
        await lift(ben);
        const blocked = await grant(ada, ['admin:users'], { clientId: 'blocked-one' });
        await block(ben, 'blocked-one', 'stolen');
        await expect(change(blocked, uma, [])).rejects.toMatchObject({ code: 'insufficient_scope' });
        expect(await rolesOf(uma)).toEqual(['user']);
      });

      it('leave an admin, and disabled ones do not count', async () => {
        const by = await grant(uma, ['admin:users']);
        await disable(ada, ben);
        await expect(change(by, ada, ['user'])).rejects.toMatchObject({ code: 'last_admin' });
        await disable(ada, ben, false);
        await change(by, ada, ['user']);
        await expect(change(by, ben, [])).rejects.toMatchObject({ code: 'last_admin' });
        expect(await rolesOf(ben)).toEqual(['admin', 'developer']);
      });

      it('leave an admin also when the last two are removed at the same time, however often it is tried', async () => {
        const by = await grant(uma, ['admin:users']);
        for (let round = 0; round < 5; round += 1) {
          const results = await Promise.allSettled([change(by, ada, []), change(by, ben, [])]);
          expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
          expect(results.find((result) => result.status === 'rejected')).toMatchObject({
            reason: { code: 'last_admin' },
          });
          await change(by, ada, ['admin']);
          await change(by, ben, ['admin']);
        }
      });

      it('are those the policy knows', async () => {
        const by = await grant(ada, ['admin:users']);
        await expect(change(by, uma, ['superuser'])).rejects.toMatchObject({ code: 'unknown_role' });
        await expect(change(by, uma, ['everyone'])).rejects.toMatchObject({ code: 'unknown_role' });
        await expect(change(by, 'nobody@example.com', [])).rejects.toMatchObject({ code: 'not_found' });
        await sql`insert into person_roles (subject, role) values (${uma}, 'of-an-older-policy')`.execute(owner.db);
        await change(by, uma, ['of-an-older-policy', 'auditor']);
        expect(await rolesOf(uma)).toEqual(['auditor', 'of-an-older-policy']);
      });

      it('take along what stood on them, and leave what a person approved (RULES 2)', async () => {
        const by = await grant(ada, ['admin:users']);
        const atOnce = await grant(uma, ['read:files']);
        const approved = await grant(uma, ['execute:commands'], { approvedBy: ben });
        expect((await change(by, uma, ['developer'])).ended).toEqual([]);
        const { ended } = await change(by, uma, ['auditor']);
        expect(ended.map(({ grant_id }) => grant_id)).toEqual([atOnce]);
        expect(await findGrant(app.db, atOnce)).toMatchObject({ end_reason: 'revoked', ended_by: 'policy' });
        expect(await held(uma)).toEqual(['execute:commands']);
        expect((await findGrant(app.db, approved))?.end_reason).toBeNull();
      });

      it.each([
        ['a role that is being taken away', (by: string) => sql`select set_person_roles(${by}, ${uma}, '{}')`],
        ['an account that is being closed', () => sql`select set_person_disabled(${ada}, ${uma}, true, 'left')`],
      ])('grant nothing at the mint to %s', async (_name, change) => {
        const by = await grant(ada, ['admin:users']);
        const { request } = await app.db.transaction().execute((trx) =>
          openRequest(trx, {
            subject: uma,
            clientId: 'client',
            sessionId: null,
            scopes: ['read:files'],
            toolName: null,
            toolArgs: { n: randomUUID() },
            justification: null,
          }),
        );
        const now = (): Date => new Date();
        expect(await evaluateRequest({ db: app.db, now }, request.request_id)).toMatchObject({ next: 'mint' });
        const minting = await app.db.transaction().execute(async (trx) => {
          await change(by).execute(trx);
          const asked = mintGrant(
            { db: mint.db, now, verify: () => Promise.resolve(undefined) },
            { requestId: request.request_id },
          );
          await expect.poll(waitingForAnything).toBe(1);
          return { asked };
        });
        expect(await minting.asked).toEqual({ minted: false, refusal: 'forbidden_by_policy' });
        expect(await findGrantOfRequest(app.db, request.request_id)).toBeUndefined();
      });

      it('cannot be written past the functions, by no serving role', async () => {
        for (const { db } of [app, mint]) {
          for (const text of [
            'delete from person_roles',
            'update people set disabled_at = now()',
            "insert into freezes (reason, frozen_by) select 'x', subject from people limit 1",
            'update freezes set lifted_at = now()',
            "insert into client_states (client_id) values ('x')",
            'select suspend_after_running()',
          ]) {
            await expect(sql.raw(text).execute(db), text).rejects.toMatchObject({ code: '42501' });
          }
        }
        await expect(sql`select freeze_grants(${ada}, 'x')`.execute(mint.db)).rejects.toMatchObject({ code: '42501' });
      });
    });

    describe('accounts', () => {
      it('are disabled and opened again by admins, once, audited', async () => {
        expect([await disable(ada, uma), await disable(ada, uma)]).toEqual([true, false]);
        expect(await findPerson(app.db, uma)).toMatchObject({ disabled: true });
        expect([await disable(ben, uma, false), await disable(ben, uma, false)]).toEqual([true, false]);
        expect(await audited('person.disabled', uma)).toMatchObject([{ actor: ada, data: { note: 'left' } }]);
        expect(await audited('person.enabled', uma)).toHaveLength(1);
      });

      it('are not disabled by people who are no admins, by oneself, or down to no admin', async () => {
        await expect(disable(uma, ben)).rejects.toMatchObject({ code: 'not_admin' });
        await expect(disable(ada, ada)).rejects.toMatchObject({ code: 'own_account' });
        await expect(disable(ada, 'usr_none')).rejects.toMatchObject({ code: 'not_found' });
        await disable(ada, ben);
        await expect(disable(ben, uma)).rejects.toMatchObject({ code: 'not_admin' });
      });

      it('leave an admin also when two admins disable each other at the same time', async () => {
        const results = await Promise.allSettled([disable(ada, ben), disable(ben, ada)]);
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      });
    });

    describe('a freeze', () => {
      it('makes every elevated scope not count, and lifting it brings back what still lives', async () => {
        const grantId = await grant(uma, ['execute:commands']);
        const over = await grant(uma, ['read:files']);
        const jti = randomUUID();
        const origin = { subject: uma, clientId: 'client' };
        const signIn = await signInAtClient(app.db, origin);
        await insertCredential(mint.db, {
          jti,
          grantIds: [grantId],
          subject: uma,
          clientId: 'client',
          resource: 'r',
          scopes: ['execute:commands'],
          issuedAt: new Date(),
          expiresAt: new Date(Date.now() + hour),
        });
        const live = async () =>
          (await standingOf(app.db, { ...origin, signIn, issuedAt: new Date(), jti }, new Date()))?.live.map(
            ({ scope }) => scope,
          );
        expect([await begins(grantId), await live()]).toEqual([true, ['execute:commands']]);
        await freeze(ada, 'a stolen laptop');
        expect(await findFreeze(mint.db)).toMatchObject({ reason: 'a stolen laptop', frozen_by: ada });
        expect([await held(uma), await live(), await begins(grantId)]).toEqual([[], [], false]);
        expect(await heldScopes(mint.db, { subject: uma, clientId: 'client' }, new Date())).toEqual([]);
        expect((await frozenGrants(app.db, { subject: uma, clientId: 'client' }, new Date())).length).toBe(2);
        await endGrant(app.db, over, { reason: 'returned', by: uma, at: new Date() });
        expect([await lift(ben), await lift(ben)]).toEqual([true, false]);
        expect([await held(uma), await live(), await begins(grantId)]).toEqual([
          ['execute:commands'],
          ['execute:commands'],
          true,
        ]);
        expect(await audited('grants.frozen', ada)).toMatchObject([{ data: { note: 'a stolen laptop' } }]);
        expect(await audited('grants.unfrozen', ben)).toHaveLength(1);
      });

      it('is for admins, one at a time, and with a reason', async () => {
        await expect(freeze(uma)).rejects.toMatchObject({ code: 'not_admin' });
        await expect(freeze(ada, '')).rejects.toMatchObject({ code: '23514' });
        const results = await Promise.allSettled([freeze(ada), freeze(ben)]);
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        await expect(freeze(ada)).rejects.toMatchObject({ code: 'grants_frozen' });
        await expect(lift(uma)).rejects.toMatchObject({ code: 'not_admin' });
        expect(await findFreeze(app.db)).toBeDefined();
      });

      it('waits for calls that are beginning, and none begins any more once it is there', async () => {
        const grantId = await grant(uma, ['execute:commands']);
        let frozen = false;
        const began = await app.db.transaction().execute(async (trx) => {
          await sql`select from grants where grant_id = ${grantId} for share`.execute(trx);
          const freezing = freeze(ada).then(() => {
            frozen = true;
          });
          await expect.poll(waiting).toBe(1);
          const later = begins(grantId);
          await expect.poll(waiting).toBe(2);
          expect(frozen).toBe(false);
          return { freezing, later };
        });
        await began.freezing;
        expect(await began.later).toBe(false);
      });
    });

    describe('a blocked client', () => {
      it('holds nothing until it is unblocked; others are not touched', async () => {
        const [mine, other] = [
          await grant(uma, ['execute:commands'], { clientId: 'agent' }),
          await grant(uma, ['read:files']),
        ];
        expect([await block(ada, 'agent', 'leaked'), await block(ada, 'agent', 'again')]).toEqual([true, false]);
        expect([await held(uma, 'agent'), await begins(mine)]).toEqual([[], false]);
        expect([await held(uma), await begins(other)]).toEqual([['read:files'], true]);
        await expect(block(uma, 'agent', null)).rejects.toMatchObject({ code: 'not_admin' });
        expect(await block(ada, 'agent', null)).toBe(true);
        expect([await held(uma, 'agent'), await begins(mine)]).toEqual([['execute:commands'], true]);
        expect(await audited('client.blocked', 'agent')).toMatchObject([{ actor: ada, data: { note: 'leaked' } }]);
      });
    });

    /** How many wait for the lock on the grants. */
    async function waiting(): Promise<number> {
      const { rows } = await sql<{ count: string }>`select count(*) from pg_locks
        where not granted and relation = 'grants'::regclass`.execute(owner.db);
      return Number(rows[0]?.count);
    }
    async function waitingForAnything(): Promise<number> {
      const { rows } = await sql<{ count: string }>`select count(*) from pg_locks where not granted`.execute(owner.db);
      return Number(rows[0]?.count);
    }
  });
}
