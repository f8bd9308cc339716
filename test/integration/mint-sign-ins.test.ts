import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endClientSignIns } from '../../activities/store/client-sign-ins.ts';
import { startAuthServer, type TestAuthServer } from '../support/auth-server.ts';
import { signInAtClient } from '../support/client-sign-in.ts';

const email = 'user@example.com';
let server: TestAuthServer;
let clients = 0;

beforeAll(async () => {
  server = await startAuthServer();
});
afterAll(() => server.stop());

/** Somebody at a client of other people's, where they hold a scope, and the sign-in there. */
async function connected(email_ = email) {
  clients += 1;
  const of = { subject: await server.subjectOf(email_), clientId: `client-${clients}` };
  await server.grant({ email: email_, clientId: of.clientId, scopes: ['read:files'] });
  return { ...of, signIn: await signInAtClient(server.db, of) };
}

/** What the auth server or the API could ask the mint to sign. */
function ask(of: { subject: string; clientId: string }, sid: string | undefined, jti = randomUUID()) {
  const iat = Math.floor(Date.now() / 1_000);
  const claims = {
    ...{ iss: server.issuer, aud: server.mcpResource, sub: of.subject, client_id: of.clientId },
    ...{ scope: 'none read:files', jti, iat, exp: iat + 60 },
    ...(sid === undefined ? {} : { sid }),
  };
  const header = { alg: 'ES256', typ: 'at+jwt', kid: server.mintKid };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return server.sign(`${encode(header)}.${encode(claims)}`);
}

const refused = { code: 'insufficient_scope' };
/** How many tokens were signed for the client, and how many refused. */
async function recorded({ clientId }: { clientId: string }): Promise<[number, number]> {
  const audited = await server.db.selectFrom('audit_events').select('type').where('client_id', '=', clientId).execute();
  const signed = await server.db.selectFrom('credentials').select('jti').where('client_id', '=', clientId).execute();
  return [signed.length, audited.filter(({ type }) => type === 'credential.refused').length];
}

describe('for other people’s client the mint signs nothing', () => {
  test('without a sign-in, though the scope is held', async () => {
    const one = await connected();
    await expect(ask(one, undefined)).rejects.toMatchObject(refused);
    expect(await recorded(one)).toEqual([0, 1]);
  });

  test('by a sign-in of another person, of another client, or that never was', async () => {
    const [one, other, another] = [await connected(), await connected(), await connected('demo@example.com')];
    const here = await signInAtClient(server.db, { ...another, clientId: one.clientId });
    for (const sid of [other.signIn, here, 'made-up']) await expect(ask(one, sid)).rejects.toMatchObject(refused);
    expect(await recorded(one)).toEqual([0, 3]);
  });

  test('by a sign-in that has ended, while another one goes on', async () => {
    const one = await connected();
    const next = await signInAtClient(server.db, one);
    const ending = { signInId: one.signIn, subject: one.subject, clientId: one.clientId };
    await server.db.transaction().execute((trx) => endClientSignIns(trx, ending, new Date()));
    await expect(ask(one, one.signIn)).rejects.toMatchObject(refused);
    await expect(ask(one, next)).resolves.toHaveLength(64);
  });

  test('without the person’s consent, though the sign-in goes on', async () => {
    const one = await connected();
    await expect(ask(one, one.signIn)).resolves.toHaveLength(64);
    const theirs = server.db.deleteFrom('client_consents').where('client_id', '=', one.clientId);
    // That of somebody else is none of theirs.
    await signInAtClient(server.db, { ...one, subject: await server.subjectOf('demo@example.com') });
    await theirs.where('subject', '=', one.subject).execute();
    await expect(ask(one, one.signIn)).rejects.toMatchObject(refused);
    expect(await recorded(one)).toEqual([1, 1]);
  });
});

test('our own chat needs no consent, and a sign-in that its token names goes on', async () => {
  const chat = { subject: await server.subjectOf(email), clientId: 'countersign-chat' };
  await server.grant({ email, clientId: chat.clientId, scopes: ['read:files'] });
  await expect(ask(chat, undefined)).resolves.toHaveLength(64);
  await expect(ask(chat, 'made-up')).rejects.toMatchObject(refused);
});
