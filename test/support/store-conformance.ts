import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { appendAudit } from '../../activities/store/audit.ts';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { recordConsent } from '../../activities/store/client-consents.ts';
import { beginClientSignIn, endClientSignIns, signInIdOf } from '../../activities/store/client-sign-ins.ts';
import { insertCredential, standingOf } from '../../activities/store/credentials.ts';
import { countDecision, dropDecision, recordDecision } from '../../activities/store/decisions.ts';
import { listGrants } from '../../activities/store/grant-listing.ts';
import { endGrant, heldScopes, revokeForbiddenGrants } from '../../activities/store/grants.ts';
import { migrate } from '../../activities/store/migrate.ts';
import { findPerson, findPersonByEmail, insertPerson } from '../../activities/store/people.ts';
import { insertPolicyVersion, livePolicy } from '../../activities/store/policies.ts';
import {
  countPending,
  endRequest,
  findRequest,
  openRequest,
  recordEvaluation,
  type NewRequest,
  type ScopeRequest,
} from '../../activities/store/requests.ts';
import { stepUpCoolDown } from '../../activities/store/step-up-cool-down.ts';
import { listRequests } from '../../activities/store/request-listing.ts';
import type { Visibility } from '../../activities/store/visibility.ts';

/** The three roles of a database, as connection strings. */
export interface StoreUnderTest {
  ownerUrl: string;
  appUrl: string;
  mintUrl: string;
  stop(): Promise<void>;
}

const policyText = await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8');
const hour = 3_600_000;

/** What every PostgreSQL that Countersign runs on has to do: the repositories, their guards and the roles' rights. */
export function describeStore(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(`the store on ${name}`, () => {
    let store: StoreUnderTest;
    let owner: Connection;
    let app: Connection;
    let mint: Connection;
    let subject: string;
    let approver: string;

    beforeAll(async () => {
      store = await start();
      owner = connect(store.ownerUrl, { max: 2 });
      app = connect(store.appUrl, { max: 20 });
      mint = connect(store.mintUrl, { max: 4 });
    });
    afterAll(async () => {
      await Promise.all([owner.close(), app.close(), mint.close()]);
      await store.stop();
    });
    beforeEach(async () => {
      await insertPolicyVersion(owner.db, parsePolicy(policyText, 'policy'), policyText);
      subject = await person(['user']);
      approver = await person(['admin']);
    });

    async function person(roles: readonly string[]): Promise<string> {
      const id = `usr_${randomUUID()}`;
      const email = `${id}@Example.com`;
      await insertPerson(owner.db, { subject: id, email, displayName: id, passwordHash: null, roles });
      return id;
    }

    const asked = (change: Partial<NewRequest> = {}): NewRequest => ({
      subject,
      clientId: 'client',
      sessionId: null,
      scopes: ['execute:commands'],
      toolName: 'execute_command',
      toolArgs: { command: 'date' },
      justification: null,
      ...change,
    });
    const open = (change?: Partial<NewRequest>): ReturnType<typeof openRequest> =>
      app.db.transaction().execute((trx) => openRequest(trx, asked(change)));
    const end = (id: string, status: 'denied' | 'expired' | 'cancelled'): ReturnType<typeof endRequest> =>
      app.db
        .transaction()
        .execute((trx) =>
          endRequest(trx, id, { status, actor: 'system', decidedBy: null, note: null, at: new Date() }),
        );
    const evaluate = (request: ScopeRequest): Promise<void> =>
      app.db.transaction().execute((trx) =>
        recordEvaluation(trx, request, {
          approvalType: 'admin_required',
          rule: 'r',
          risk: 'critical',
          policyVersion: 'v',
          expiresAt: new Date(Date.now() + hour),
        }),
      );
    async function grant(
      change: { scopes?: string[]; sessionId?: string | null; ttlMs?: number } = {},
    ): Promise<string> {
      const { request } = await open({ toolArgs: { n: randomUUID() }, scopes: change.scopes ?? ['execute:commands'] });
      const grantId = `gra_${randomUUID()}`;
      await mint.db
        .insertInto('grants')
        .values({
          grant_id: grantId,
          request_id: request.request_id,
          subject,
          client_id: 'client',
          session_id: change.sessionId ?? null,
          scopes: request.scopes,
          granted_at: new Date(),
          expires_at: new Date(Date.now() + (change.ttlMs ?? hour)),
          end_reason: null,
          ended_at: null,
          ended_by: null,
        })
        .execute();
      return grantId;
    }
    const held = (sessionId?: string): Promise<string[]> =>
      heldScopes(
        app.db,
        { subject, clientId: 'client', ...(sessionId === undefined ? {} : { sessionId }) },
        new Date(),
      );
    const auditTypes = async (requestId: string): Promise<string[]> =>
      (
        await app.db
          .selectFrom('audit_events')
          .select('type')
          .where('request_id', '=', requestId)
          .orderBy('position')
          .execute()
      ).map(({ type }) => type);

    it('answers a step-up that was just refused with that answer, to that person and client, until the cool-down ends', async () => {
      const { request } = await open();
      const asked = { subject, clientId: 'client', scopes: ['admin:users', 'execute:commands'] };
      const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
      expect(await stepUpCoolDown(app.db, asked, new Date())).toBeUndefined();
      await end(request.request_id, 'expired');
      expect(await stepUpCoolDown(app.db, asked, inMinutes(9))).toMatchObject({
        requestId: request.request_id,
        status: 'expired',
        refused: ['execute:commands'],
      });
      expect(await stepUpCoolDown(app.db, asked, inMinutes(11))).toBeUndefined();
      expect(await stepUpCoolDown(app.db, { ...asked, clientId: 'other' }, new Date())).toBeUndefined();
      expect(await stepUpCoolDown(app.db, { ...asked, subject: approver }, new Date())).toBeUndefined();
      expect(await stepUpCoolDown(app.db, { ...asked, scopes: ['admin:users'] }, new Date())).toBeUndefined();
    });

    it('is not in a cool-down after a withdrawal, and not after a grant that has ended since', async () => {
      const step = { subject, clientId: 'client', scopes: ['execute:commands'] };
      const withdrawn = await open();
      await end(withdrawn.request.request_id, 'cancelled');
      expect(await stepUpCoolDown(app.db, step, new Date())).toBeUndefined();
      const denied = await open();
      await end(denied.request.request_id, 'denied');
      const asksAgain = await open();
      expect(await stepUpCoolDown(app.db, step, new Date())).toBeUndefined();
      await end(asksAgain.request.request_id, 'expired');
      expect(await stepUpCoolDown(app.db, step, new Date())).toMatchObject({ status: 'expired' });
    });

    it('migrates again, and from several processes at once, without a change', async () => {
      await expect(
        Promise.all([migrate(store.ownerUrl), migrate(store.ownerUrl), migrate(store.ownerUrl)]),
      ).resolves.toBeDefined();
    });

    it('finds people by address whatever its case, with their roles', async () => {
      const found = await findPersonByEmail(app.db, `${subject}@EXAMPLE.COM`);
      expect(found).toMatchObject({ subject, roles: ['user'], disabled: false });
      await expect(
        insertPerson(owner.db, {
          subject: 'x',
          email: `${subject}@example.com`,
          displayName: 'x',
          passwordHash: null,
          roles: [],
        }),
      ).rejects.toThrow(/people_email/);
      expect(await findPerson(app.db, 'nobody')).toBeUndefined();
    });

    it('opens one request for the same call, however many ask at once, and another one after its end', async () => {
      const results = await Promise.all(Array.from({ length: 12 }, () => open()));
      expect(new Set(results.map(({ request }) => request.request_id)).size).toBe(1);
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      const requestId = results[0]?.request.request_id ?? '';
      await end(requestId, 'expired');
      expect((await open()).request.request_id).not.toBe(requestId);
      expect(await auditTypes(requestId)).toEqual(['request.created', 'request.expired']);
    });

    it('keeps requests of other arguments, clients, sessions and people apart', async () => {
      const other = await person(['user']);
      const ids = await Promise.all(
        [
          {},
          { toolArgs: { command: 'id' } },
          { clientId: 'c2' },
          { sessionId: 's' },
          { subject: other },
          { scopes: ['read:files'] },
        ].map(async (change) => (await open(change)).request.request_id),
      );
      expect(new Set(ids).size).toBe(6);
    });

    it('ends a request once: sixteen racing ends leave one status and one audit entry', async () => {
      const { request } = await open();
      await evaluate(request);
      const ends = await Promise.all(
        Array.from({ length: 16 }, (_, n) =>
          end(request.request_id, (['denied', 'expired', 'cancelled'] as const)[n % 3] ?? 'denied'),
        ),
      );
      expect(new Set(ends).size).toBe(1);
      expect((await findRequest(app.db, request.request_id))?.status).toBe(ends[0]);
      expect(await auditTypes(request.request_id)).toHaveLength(3);
    });

    it('lets nothing leave a terminal status and nothing change what was asked, even past the code', async () => {
      const { request } = await open({ durationSeconds: 600 });
      const change = (set: Record<string, unknown>): Promise<unknown> =>
        app.db.updateTable('scope_requests').set(set).where('request_id', '=', request.request_id).execute();
      await expect(change({ scopes: ['admin:users'] })).rejects.toMatchObject({ code: '42501' });
      await expect(change({ subject: approver })).rejects.toMatchObject({ code: '42501' });
      await expect(change({ requested_duration_seconds: 6_000 })).rejects.toMatchObject({ code: '42501' });
      for (const set of [{ justification: 'another' }, { requested_duration_seconds: sql<never>`6000` }]) {
        await expect(
          owner.db.updateTable('scope_requests').set(set).where('request_id', '=', request.request_id).execute(),
        ).rejects.toMatchObject({ code: '23514' });
      }
      await expect(change({ status: 'approved' })).rejects.toMatchObject({ code: '42501' });
      await end(request.request_id, 'denied');
      await expect(change({ status: 'pending', expires_at: new Date() })).rejects.toMatchObject({ code: '23514' });
    });

    it('lets policy end a request sooner than was asked, once, and never later, even past the code', async () => {
      const endsBy = new Date(Date.now() + 2 * hour);
      const ending = async (endsBy: Date): Promise<ScopeRequest> => {
        const via = 'background_request';
        const call = asked({ toolArgs: { n: randomUUID() } });
        return (await app.db.transaction().execute((trx) => openRequest(trx, call, { via, endsBy }))).request;
      };
      const endAt = (request: ScopeRequest, at: Date | null): Promise<unknown> =>
        app.db
          .updateTable('scope_requests')
          .set({ expires_at: at })
          .where('request_id', '=', request.request_id)
          .execute();
      const refused = { code: '23514' };
      const request = await ending(endsBy);
      await expect(endAt(request, new Date(Date.now() + 3 * hour))).rejects.toMatchObject(refused);
      await expect(endAt(request, null)).rejects.toMatchObject(refused);
      await evaluate(request);
      const evaluated = await findRequest(app.db, request.request_id);
      expect(evaluated).toMatchObject({ status: 'pending' });
      expect(evaluated?.expires_at?.getTime()).toBeLessThan(endsBy.getTime());
      for (const at of [endsBy, new Date(), null]) await expect(endAt(request, at)).rejects.toMatchObject(refused);
      const atOnce = await ending(endsBy);
      const verdict = { approvalType: 'auto', rule: 'r', risk: 'low', policyVersion: 'v' } as const;
      await app.db
        .transaction()
        .execute((trx) => recordEvaluation(trx, atOnce, { ...verdict, expiresAt: new Date(Date.now() + hour) }));
      await expect(endAt(atOnce, new Date())).rejects.toMatchObject(refused);
    });

    it('lists pending requests oldest first and all of them newest first, page by page', async () => {
      const made: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        const { request } = await open({ toolArgs: { n } });
        await evaluate(request);
        made.push(request.request_id);
      }
      const first = await listRequests(app.db, { subject, status: 'pending', limit: 3 });
      const last = first.at(-1);
      const second = await listRequests(app.db, {
        subject,
        status: 'pending',
        limit: 3,
        ...(last === undefined ? {} : { after: { createdAt: last.created_at, requestId: last.request_id } }),
      });
      expect([...first, ...second].map(({ request_id }) => request_id)).toEqual(made);
      expect((await listRequests(app.db, { subject, limit: 10 })).map(({ request_id }) => request_id)).toEqual(
        [...made].reverse(),
      );
      expect(await countPending(app.db, subject)).toBe(5);
    });

    it('takes the same verdict of the same approver once; a dropped one may be repeated', async () => {
      const { request } = await open();
      const record = (decisionId: string): ReturnType<typeof recordDecision> =>
        app.db
          .transaction()
          .execute((trx) =>
            recordDecision(trx, request, { decisionId, verdict: 'approve', approver, statement: 's', note: null }),
          );
      const first = `dec_${randomUUID()}`;
      expect((await record(first)).decision_id).toBe(first);
      expect((await record(`dec_${randomUUID()}`)).decision_id).toBe(first);
      await dropDecision(app.db, request, { decisionId: first, statement: 'another' }, 'not_approver', new Date());
      expect((await record(`dec_${randomUUID()}`)).decision_id).toBe(first);
      await dropDecision(app.db, request, { decisionId: first, statement: 's' }, 'not_approver', new Date());
      const second = `dec_${randomUUID()}`;
      expect((await record(second)).decision_id).toBe(second);
      await countDecision(app.db, second, new Date());
      expect((await record(`dec_${randomUUID()}`)).outcome).toBe('counted');
    });

    it('holds a scope while its grant lives, and no longer than row, clock, policy and account allow', async () => {
      const grantId = await grant();
      await grant({ scopes: ['read:files'], ttlMs: 50 });
      expect(await held()).toEqual(['execute:commands', 'read:files']);
      await expect.poll(() => held()).toEqual(['execute:commands']);
      expect(await heldScopes(app.db, { subject, clientId: 'other' }, new Date())).toEqual([]);
      const denying = policyText.replace('deny: []', 'deny: [{ scopes: ["execute:commands"], reason: "no" }]');
      await insertPolicyVersion(owner.db, parsePolicy(denying, 'p'), denying);
      expect(await held()).toEqual([]);
      await insertPolicyVersion(owner.db, parsePolicy(policyText, 'p'), policyText);
      await owner.db.updateTable('people').set({ disabled_at: new Date() }).where('subject', '=', subject).execute();
      expect(await held()).toEqual([]);
      await owner.db.updateTable('people').set({ disabled_at: null }).where('subject', '=', subject).execute();
      await endGrant(app.db, grantId, { reason: 'revoked', by: approver, at: new Date() });
      expect(await held()).toEqual([]);
    });

    it('counts a grant bound to a session in that session only (RULES 13)', async () => {
      await grant({ sessionId: 'chat_1' });
      expect(await held()).toEqual([]);
      expect(await held('chat_2')).toEqual([]);
      expect(await held('chat_1')).toEqual(['execute:commands']);
    });

    it('ends a grant once and never lets it come back or grow', async () => {
      const grantId = await grant();
      const ends = await Promise.all(
        Array.from({ length: 8 }, () => endGrant(app.db, grantId, { reason: 'revoked', by: approver, at: new Date() })),
      );
      expect(ends.filter((result) => result?.ended)).toHaveLength(1);
      const change = (db: Connection, set: Record<string, unknown>): Promise<unknown> =>
        db.db.updateTable('grants').set(set).where('grant_id', '=', grantId).execute();
      await expect(change(app, { end_reason: null, ended_at: null })).rejects.toMatchObject({ code: '23514' });
      await expect(change(app, { expires_at: new Date(Date.now() + 9 * hour) })).rejects.toMatchObject({
        code: '42501',
      });
      await expect(change(mint, { scopes: ['admin:users'] })).rejects.toMatchObject({ code: '23514' });
      expect(await listGrants(app.db, { subject, status: 'revoked', now: new Date(), limit: 5 })).toHaveLength(1);
    });

    it('ends, by policy, what a new policy forbids (RULES 2)', async () => {
      const grantId = await grant();
      const denying = policyText.replace(
        'deny: []',
        'deny: [{ scopes: ["execute:commands"], roles: [user], reason: "no" }]',
      );
      await owner.db.transaction().execute(async (trx) => {
        await insertPolicyVersion(trx, parsePolicy(denying, 'p'), denying);
        await revokeForbiddenGrants(trx, await livePolicy(trx), new Date());
      });
      const [ended] = await listGrants(app.db, { subject, now: new Date(), limit: 1 });
      expect(ended).toMatchObject({ grant_id: grantId, end_reason: 'revoked', ended_by: 'policy' });
    });

    it('lists for each reader what they may see, and full pages of it (RULES 9)', async () => {
      const wanted = await grant({ scopes: ['read:files'] });
      await grant();
      await grant({ scopes: ['read:files', 'execute:commands'] });
      const seen = async (visibleTo: Visibility) =>
        (await listGrants(app.db, { visibleTo, now: new Date(), limit: 1 })).map(({ grant_id }) => grant_id);
      expect(await seen({ subject: approver, approvableScopes: ['read:files'] })).toEqual([wanted]);
      expect(await seen({ subject: approver, approvableScopes: [] })).toEqual([]);
      expect(await seen({ subject, approvableScopes: [] })).not.toEqual([wanted]);
      expect(await seen({ subject: approver })).not.toEqual([wanted]);
    });

    it('answers for a credential with the living part of its grants', async () => {
      const [first, second] = [await grant(), await grant({ scopes: ['read:files'] })];
      const jti = randomUUID();
      await insertCredential(mint.db, {
        jti,
        grantIds: [first, second],
        subject,
        clientId: 'client',
        resource: 'r',
        scopes: ['execute:commands', 'read:files'],
        issuedAt: new Date(),
        expiresAt: new Date(Date.now() + hour),
      });
      const consent = { subject, clientId: 'client' };
      const token = { ...consent, issuedAt: new Date(), jti };
      const live = async (of: Partial<typeof token> & { signIn?: string } = {}): Promise<string[]> =>
        (await standingOf(app.db, { ...token, ...of }, new Date()))?.live.map(({ scope }) => scope).sort() ?? [];
      await recordConsent(app.db, consent, new Date());
      // Without a sign-in other people's client has nothing.
      expect(await live()).toEqual([]);
      const grantId = randomUUID();
      await beginClientSignIn(app.db, { ...consent, grantId, accountSessionId: undefined }, new Date());
      const signIn = signInIdOf(grantId);
      expect(await live({ signIn })).toEqual(['execute:commands', 'read:files']);
      expect(await live({ signIn, clientId: 'countersign-chat' })).toEqual([]);
      expect(await live({ signIn: signInIdOf('another') })).toEqual([]);
      expect(await live({ signIn, jti: randomUUID() })).toEqual([]);
      await endGrant(app.db, first, { reason: 'revoked', by: approver, at: new Date() });
      expect(await live({ signIn })).toEqual(['read:files']);
      await app.db.deleteFrom('client_consents').where('subject', '=', subject).execute();
      expect(await live({ signIn })).toEqual([]);
      await recordConsent(app.db, consent, new Date());
      expect(await live({ signIn })).toEqual(['read:files']);
      await app.db.transaction().execute((trx) => endClientSignIns(trx, { grantId }, new Date()));
      expect(await live({ signIn })).toEqual([]);
      expect(await live({ subject: approver })).toEqual([]);
    });

    it('appends to the audit table and never changes it, whoever tries', async () => {
      await appendAudit(app.db, { type: 'session.signed_in', actor: subject });
      for (const role of [app, mint, owner]) {
        await expect(role.db.deleteFrom('audit_events').execute()).rejects.toMatchObject({ code: '42501' });
        await expect(sql`update audit_events set actor = 'x'`.execute(role.db)).rejects.toMatchObject({
          code: '42501',
        });
        await expect(sql`truncate audit_events`.execute(role.db)).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('begins a request undecided, and gives nobody the time or place of an audit entry', async () => {
      const { request } = await open();
      const copy = (set: string): Promise<unknown> =>
        sql`insert into scope_requests (request_id, subject, client_id, scopes, digest, dedupe_key, status, expires_at)
            select ${randomUUID()}, subject, client_id, scopes, digest, ${randomUUID()}, ${set}, now()
            from scope_requests where request_id = ${request.request_id}`.execute(app.db);
      await expect(copy('approved')).rejects.toMatchObject({ code: '42501' });
      await expect(copy('pending')).rejects.toMatchObject({ code: '42501' });
      await expect(
        sql`insert into audit_events (at, type, actor) values (now() - interval '1 day', 'x', 'y')`.execute(app.db),
      ).rejects.toMatchObject({ code: '42501' });
      await expect(
        sql`insert into audit_events (position, type, actor) overriding system value values (1, 'x', 'y')`.execute(
          app.db,
        ),
      ).rejects.toMatchObject({ code: '42501' });
    });

    it('leaves people, roles and policy to the owner', async () => {
      const refused = { code: '42501' };
      await expect(sql`insert into people select * from people`.execute(app.db)).rejects.toMatchObject(refused);
      await expect(sql`update people set password_hash = 'x'`.execute(app.db)).rejects.toMatchObject(refused);
      await expect(sql`insert into person_roles select * from person_roles`.execute(app.db)).rejects.toMatchObject(
        refused,
      );
      await expect(
        sql`insert into policy_versions (version, policy, source) values ('v', '{}', '')`.execute(app.db),
      ).rejects.toMatchObject(refused);
      await expect(sql`select password_hash from people`.execute(mint.db)).rejects.toMatchObject(refused);
    });

    it('gives the mint’s tables to the mint alone, and the mint nothing else (RULES 12)', async () => {
      const refused = { code: '42501' };
      await expect(sql`insert into grants select * from grants`.execute(app.db)).rejects.toMatchObject(refused);
      await expect(sql`insert into credentials select * from credentials`.execute(app.db)).rejects.toMatchObject(
        refused,
      );
      await expect(sql`update credentials set expires_at = now()`.execute(app.db)).rejects.toMatchObject(refused);
      await expect(sql`insert into people select * from people`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`update person_roles set role = 'admin'`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`select refresh_token from chat_sign_ins`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`select payload from oidc_payloads`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`select offline from client_consents`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`delete from client_consents`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`select account_session_id from client_sign_ins`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(sql`update client_sign_ins set ended_at = null`.execute(mint.db)).rejects.toMatchObject(refused);
      await expect(
        sql`insert into policy_versions (version, policy, source) values ('v', '{}', '')`.execute(mint.db),
      ).rejects.toMatchObject(refused);
    });

    it('announces a change at commit, ids only', async () => {
      const client = await app.pool.connect();
      onTestFinished(() => {
        client.release(true);
      });
      const heard: string[] = [];
      client.on('notification', ({ payload }) => heard.push(payload ?? ''));
      await client.query('listen countersign_events');
      const { request } = await open();
      await evaluate(request);
      await expect.poll(() => heard.filter((payload) => payload.includes(request.request_id)).length).toBe(1);
      expect(heard.join()).not.toContain('execute_command');
    });
  });
}
