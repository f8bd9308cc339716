import { Router } from 'express';
import { appendAudit } from '../../activities/store/audit.ts';
import { ownChatSession, renameChatSession } from '../../activities/store/chat-sessions.ts';
import { stopTurns } from '../../activities/store/stop-turns.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { renameConversationSchema, type Stopped } from '../contract/conversations.ts';
import { parseBody, pathId } from '../http/parse.ts';
import { chatCaller } from './chat-caller.ts';
import type { ChatCookies } from './chat-cookie.ts';
import { removeConversation } from './remove-conversation.ts';
import type { ChatDeps } from './deps.ts';

/** What a person does with a conversation as a whole; each is looked up with its person (RULES 9). */
export function conversationRoutes(deps: ChatDeps, cookies: ChatCookies): Router {
  const router = Router();

  router.post('/api/chat-sessions/:id/rename', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const { title } = parseBody(renameConversationSchema, request);
    const session = await ownChatSession(deps.db, pathId(request), person.subject);
    await deps.db.transaction().execute(async (trx) => {
      await renameChatSession(trx, session, title);
      await appendAudit(trx, { type: 'conversation.renamed', ...about(session) });
    });
    response.set('Cache-Control', 'no-store').json({ session_id: session.session_id, title });
  });

  router.post('/api/chat-sessions/:id/stop', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const session = await ownChatSession(deps.db, pathId(request), person.subject);
    const { messages, cancelled, running } = await deps.db.transaction().execute(async (trx) => {
      const stopped = await stopTurns(trx, session.session_id);
      if (stopped.messages.length > 0)
        await appendAudit(trx, { type: 'conversation.stopped', ...about(session), data: { ...stopped } });
      return stopped;
    });
    const answer: Stopped = {
      session_id: session.session_id,
      stopped_messages: messages,
      cancelled_calls: cancelled,
      running_calls: running,
    };
    response.set('Cache-Control', 'no-store').json(answer);
  });

  router.post('/api/chat-sessions/:id/delete', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const session = await ownChatSession(deps.db, pathId(request), person.subject);
    await removeConversation(deps, session);
    response.status(204).end();
  });

  return router;
}

function about(session: { session_id: string; subject: string }) {
  return {
    actor: session.subject,
    subject: session.subject,
    clientId: chatClientId,
    sessionId: session.session_id,
  };
}
