import { randomUUID } from 'node:crypto';
import { endingText, failureText } from '../../workflows/domain/chat-endings.ts';
import { nextChatWork } from '../../workflows/domain/chat-work.ts';
import { beginReply, listMessages, lockMessage, setReply } from '../store/chat-messages.ts';
import { chatSessionExists } from '../store/chat-sessions.ts';
import type { Db } from '../store/connect.ts';
import { listCalls } from '../store/tool-call-runs.ts';
import { callEnding } from './call-ending.ts';
import { settleCall } from './settle-call.ts';
import type { SessionWork } from './types.ts';

/** What the local activities of a conversation need: the database and a clock. */
export interface SessionWorkDeps {
  db: Db;
  now?: () => Date;
}

/** See {@link SessionWork}. Each may run any number of times for the same input. */
export function createSessionWork({ db, now = () => new Date() }: SessionWorkDeps): SessionWork {
  return {
    async findChatWork({ sessionId }) {
      const [messages, calls, exists] = await Promise.all([
        listMessages(db, sessionId),
        listCalls(db, { sessionId }),
        chatSessionExists(db, sessionId),
      ]);
      if (!exists) return { kind: 'deleted' };
      return nextChatWork(
        messages.map((message) => ({ messageId: message.message_id, role: message.role, status: message.status })),
        calls.map((call) => ({
          callId: call.call_id,
          messageId: call.message_id,
          status: call.status,
          claimedAt: call.claimed_at?.getTime() ?? null,
        })),
        now().getTime(),
      );
    },

    async beginChatTurn({ messageId }) {
      await db.transaction().execute((trx) => beginReply(trx, messageId, `msg_${randomUUID()}`));
    },

    async finishChatTurn({ messageId }) {
      await db.transaction().execute(async (trx) => {
        const message = await lockMessage(trx, messageId);
        // Stopped in the meantime, or deleted.
        if (message?.status !== 'running' && message?.status !== 'awaiting_authorization') return;
        const call = (await listCalls(trx, { messageId })).findLast(({ status }) => status !== 'superseded');
        const ending = call === undefined ? undefined : await callEnding(trx, call);
        if (ending === undefined) return;
        const status = ending.status === 'unknown' ? 'failed' : 'completed';
        await setReply(trx, messageId, { status, content: endingText(ending) });
      });
    },

    async settleChatCall(input) {
      await db.transaction().execute((trx) => settleCall(trx, input, now()));
    },

    async failChatTurn({ messageId, failure }) {
      await db.transaction().execute(async (trx) => {
        const message = await lockMessage(trx, messageId);
        if (message?.status !== 'running' && message?.status !== 'awaiting_authorization') return;
        await setReply(trx, messageId, { status: 'failed', content: failureText(failure) });
      });
    },
  };
}
