import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSessionWork } from '../../activities/chat/session-work.ts';
import { callDigest } from '../../activities/store/call-digest.ts';
import {
  beginReply,
  findMessage,
  findReply,
  insertUserMessage,
  setReply,
} from '../../activities/store/chat-messages.ts';
import { insertChatSession, listChatSessions, ownChatSession } from '../../activities/store/chat-sessions.ts';
import { connect, type Connection } from '../../activities/store/connect.ts';
import { insertPerson } from '../../activities/store/people.ts';
import { endRequest, openRequest } from '../../activities/store/requests.ts';
import {
  claimCall,
  findCall,
  finishCall,
  noteRefusal,
  parkCall,
  proposeCall,
} from '../../activities/store/tool-call-runs.ts';
import { attachRequest, endCallsOfRequest, parkAgain, releaseParkedCalls } from '../../activities/store/tool-calls.ts';
import { chatClientId, dashboardClientId } from '../../workflows/domain/clients.ts';
import { startPostgres } from '../support/embedded.ts';

const server = 'http://localhost:8001/mcp';
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let database: Connection;
let sessionId: string;
let count = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  database = connect(postgres.appUrl, { max: 20 });
  const owner = connect(postgres.ownerUrl, { max: 1 });
  await insertPerson(owner.db, {
    subject: 'sub_user',
    email: 'user@example.com',
    displayName: 'User',
    passwordHash: null,
    roles: ['user'],
  });
  await insertPerson(owner.db, {
    subject: 'sub_admin',
    email: 'admin@example.com',
    displayName: 'Admin',
    passwordHash: null,
    roles: ['admin'],
  });
  await owner.close();
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});
beforeEach(async () => {
  sessionId = `chat_${(count += 1)}`;
  await insertChatSession(database.db, { sessionId, subject: 'sub_user', title: 'A conversation' });
});

const args = { command: 'ps aux | head -5' };
const digest = callDigest({ server, tool: 'execute_command', arguments: args });

/** A turn with a proposed call. */
async function proposed(repeatable = false): Promise<{ callId: string; replyId: string }> {
  const id = (count += 1);
  const { db } = database;
  await insertUserMessage(db, { messageId: `u${id}`, sessionId, content: 'Execute command: ps aux | head -5' });
  await beginReply(db, `u${id}`, `a${id}`);
  await proposeCall(db, {
    callId: `c${id}`,
    sessionId,
    messageId: `a${id}`,
    name: 'execute_command',
    arguments: args,
    argumentsDigest: digest,
    repeatable,
  });
  return { callId: `c${id}`, replyId: `a${id}` };
}

/** A turn whose call waits for its scope. */
async function parked(): Promise<{ callId: string; replyId: string }> {
  const ids = await proposed();
  const { db } = database;
  await noteRefusal(db, ids.callId, {
    error: {
      error_type: 'authorization_error',
      tool_name: 'execute_command',
      required_scope: 'execute:commands',
      current_scopes: [],
      approval_type: 'admin_required',
      user_email: 'user@example.com',
    },
  });
  await parkCall(db, ids.callId, { countsAsPark: true });
  await setReply(db, ids.replyId, { status: 'awaiting_authorization', content: 'waits' });
  return ids;
}

async function request(toolArgs: Record<string, unknown> = args): Promise<string> {
  const opened = await database.db.transaction().execute((trx) =>
    openRequest(trx, {
      subject: 'sub_user',
      clientId: chatClientId,
      sessionId,
      scopes: ['execute:commands'],
      toolName: 'execute_command',
      toolArgs,
      justification: null,
    }),
  );
  return opened.request.request_id;
}

const statusOf = async (callId: string) => (await findCall(database.db, callId))?.status;
const release = (over: Partial<Parameters<typeof releaseParkedCalls>[1]> = {}) =>
  releaseParkedCalls(database.db, {
    subject: 'sub_user',
    clientId: chatClientId,
    scopes: ['execute:commands'],
    sessionId: null,
    ...over,
  });

describe('claiming', () => {
  it('lets exactly one of sixteen claims succeed', async () => {
    const { callId } = await proposed();
    const claims = await Promise.all(
      Array.from({ length: 16 }, () => claimCall(database.db, { callId, argumentsDigest: digest }, new Date())),
    );
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
    expect(await statusOf(callId)).toBe('running');
  });

  it('refuses another digest, a parked call and an ended one', async () => {
    const { callId } = await proposed();
    const other = callDigest({ server, tool: 'execute_command', arguments: { command: 'rm -rf /' } });
    expect(await claimCall(database.db, { callId, argumentsDigest: other }, new Date())).toBeUndefined();
    const waiting = await parked();
    expect(
      await claimCall(database.db, { callId: waiting.callId, argumentsDigest: digest }, new Date()),
    ).toBeUndefined();
    await claimCall(database.db, { callId, argumentsDigest: digest }, new Date());
    await finishCall(database.db, callId, { status: 'succeeded', result: {}, at: new Date() });
    expect(await claimCall(database.db, { callId, argumentsDigest: digest }, new Date())).toBeUndefined();
  });

  it('keeps an end: a late result changes nothing', async () => {
    const { callId } = await proposed();
    await claimCall(database.db, { callId, argumentsDigest: digest }, new Date());
    await finishCall(database.db, callId, { status: 'unknown', result: null, at: new Date() });
    expect(await finishCall(database.db, callId, { status: 'succeeded', result: {}, at: new Date() })).toBeUndefined();
    expect(await statusOf(callId)).toBe('unknown');
  });
});

describe('releasing', () => {
  it('releases what is held, and only that person’s calls of that client', async () => {
    const { callId } = await parked();
    expect(await release({ subject: 'sub_admin' })).toEqual([]);
    expect(await release({ clientId: dashboardClientId })).toEqual([]);
    expect(await release({ scopes: ['read:files'] })).toEqual([]);
    expect(await release({ sessionId: 'chat_other' })).toEqual([]);
    expect(await statusOf(callId)).toBe('parked');
    expect(await release({ scopes: ['read:files', 'execute:commands'], sessionId })).toEqual([{ sessionId, callId }]);
    expect(await statusOf(callId)).toBe('ready');
  });

  it('names a released call again until it is claimed, so that a lost wake can be repeated', async () => {
    const { callId } = await parked();
    await release({ sessionId });
    expect(await release({ sessionId })).toEqual([{ sessionId, callId }]);
    await claimCall(database.db, { callId, argumentsDigest: digest }, new Date());
    expect(await release({ sessionId })).toEqual([]);
  });
});

describe('ending', () => {
  it.each(['denied', 'expired', 'cancelled'] as const)(
    'ends the calls of a request that was %s, with a text of its own',
    async (status) => {
      const { callId, replyId } = await parked();
      const requestId = await request();
      const call = await findCall(database.db, callId);
      await database.db.transaction().execute((trx) => attachRequest(trx, call!, requestId));
      await database.db.transaction().execute((trx) =>
        endRequest(trx, requestId, {
          status,
          actor: 'sub_admin',
          decidedBy: status === 'denied' ? 'sub_admin' : null,
          note: status === 'denied' ? 'not today' : null,
          at: new Date(),
        }),
      );
      expect(await statusOf(callId)).toBe(status);
      const work = createSessionWork({ db: database.db });
      expect(await work.findChatWork({ sessionId })).toEqual({ kind: 'finish', messageId: replyId });
      await work.finishChatTurn({ messageId: replyId });
      const said = await findMessage(database.db, replyId);
      expect(said?.status).toBe('completed');
      expect(said?.content).toMatch(
        { denied: /admin@example\.com denied.*not today/s, expired: /not a refusal/, cancelled: /You withdrew/ }[
          status
        ],
      );
      expect(await work.findChatWork({ sessionId })).toEqual({ kind: 'none' });
    },
  );

  it('ends nothing that runs already', async () => {
    const { callId } = await parked();
    const requestId = await request();
    const call = await findCall(database.db, callId);
    await database.db.transaction().execute((trx) => attachRequest(trx, call!, requestId));
    await release({ sessionId });
    await claimCall(database.db, { callId, argumentsDigest: digest }, new Date());
    expect(await database.db.transaction().execute((trx) => endCallsOfRequest(trx, requestId, 'denied'))).toEqual([]);
    expect(await statusOf(callId)).toBe('running');
  });

  it('notices a request that ended before the call was tied to it', async () => {
    const { callId } = await parked();
    const requestId = await request();
    await database.db.transaction().execute((trx) =>
      endRequest(trx, requestId, {
        status: 'cancelled',
        actor: 'sub_user',
        decidedBy: null,
        note: null,
        at: new Date(),
      }),
    );
    const call = await findCall(database.db, callId);
    await database.db.transaction().execute((trx) => attachRequest(trx, call!, requestId));
    expect(await statusOf(callId)).toBe('cancelled');
  });

  it('misses no end when both happen at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { callId } = await parked();
      const requestId = await request({ command: `uptime ${round}` });
      const call = await findCall(database.db, callId);
      await Promise.all([
        database.db.transaction().execute((trx) => attachRequest(trx, call!, requestId)),
        database.db.transaction().execute((trx) =>
          endRequest(trx, requestId, {
            status: 'expired',
            actor: 'system',
            decidedBy: null,
            note: null,
            at: new Date(),
          }),
        ),
      ]);
      expect(await statusOf(callId)).toBe('expired');
    }
  });

  it('can be asked again: the call is parked anew, without the old request', async () => {
    const { callId } = await parked();
    const requestId = await request();
    const call = await findCall(database.db, callId);
    await database.db.transaction().execute((trx) => attachRequest(trx, call!, requestId));
    await database.db
      .transaction()
      .execute((trx) =>
        endRequest(trx, requestId, { status: 'expired', actor: 'system', decidedBy: null, note: null, at: new Date() }),
      );
    const again = await parkAgain(database.db, callId);
    expect(again).toMatchObject({ status: 'parked', request_id: null, parked_count: 1 });
    expect(await parkAgain(database.db, callId)).toBeUndefined();
  });
});

describe('joining', () => {
  it('ties every parked call that would do the same to one request', async () => {
    const [first, second] = [await parked(), await parked()];
    const requestId = await request();
    const call = await findCall(database.db, first.callId);
    await database.db.transaction().execute((trx) => attachRequest(trx, call!, requestId));
    expect((await findCall(database.db, second.callId))?.request_id).toBe(requestId);
  });
});

describe('turns', () => {
  it('begins a turn once, whatever the number of tries', async () => {
    const { db } = database;
    await insertUserMessage(db, { messageId: `u-${sessionId}`, sessionId, content: 'hello' });
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        db.transaction().execute((trx) => beginReply(trx, `u-${sessionId}`, `r-${sessionId}-${i}`)),
      ),
    );
    const replies = await db
      .selectFrom('chat_messages')
      .selectAll()
      .where('session_id', '=', sessionId)
      .where('role', '=', 'assistant')
      .execute();
    expect(replies).toHaveLength(1);
    expect((await findReply(db, `u-${sessionId}`))?.status).toBe('running');
  });

  it('settles a call that was cut off: unknown, or ready again when repeating does no harm', async () => {
    const work = createSessionWork({ db: database.db });
    const once = await proposed(false);
    const harmless = await proposed(true);
    for (const { callId } of [once, harmless]) {
      await claimCall(database.db, { callId, argumentsDigest: digest }, new Date());
      await work.settleChatCall({ callId, giveUp: false });
    }
    expect(await statusOf(once.callId)).toBe('unknown');
    expect(await statusOf(harmless.callId)).toBe('proposed');
  });

  it('settles nothing that had not been claimed or has ended', async () => {
    const work = createSessionWork({ db: database.db });
    const { callId } = await proposed();
    await work.settleChatCall({ callId, giveUp: false });
    expect(await statusOf(callId)).toBe('proposed');
  });
});

describe('ownership', () => {
  it('finds nobody else’s conversation', async () => {
    await expect(ownChatSession(database.db, sessionId, 'sub_admin')).rejects.toMatchObject({ code: 'not_found' });
    expect((await ownChatSession(database.db, sessionId, 'sub_user')).title).toBe('A conversation');
    expect(await listChatSessions(database.db, 'sub_admin', 10)).toEqual([]);
  });

  it('says which conversations wait', async () => {
    await parked();
    const listed = await listChatSessions(database.db, 'sub_user', 100);
    expect(listed.find((session) => session.session_id === sessionId)?.waiting).toBe(true);
    expect(listed[0]?.session_id).toBe(sessionId);
  });
});
