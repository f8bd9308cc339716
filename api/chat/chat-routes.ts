import { Router, type Request } from 'express';
import { listMessages } from '../../activities/store/chat-messages.ts';
import { listChatSessions, ownChatSession } from '../../activities/store/chat-sessions.ts';
import { listCalls } from '../../activities/store/tool-call-runs.ts';
import { chatClientId } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import {
  cancelApprovalSchema,
  historyQuerySchema,
  postChatSchema,
  requestApprovalSchema,
  retryMessageSchema,
  type AgentInfo,
  type ChatHistory,
  type ChatSessionList,
} from '../contract/chat.ts';
import { lastEventIdOf, streamStart } from '../events/replay.ts';
import { streamEvents } from '../events/stream.ts';
import { createStreamLimit } from '../events/stream-limit.ts';
import { parseBody, parseQuery, pathId } from '../http/parse.ts';
import { userStatus } from '../sessions/user-status.ts';
import { answerTurn } from './answer-turn.ts';
import { chatCaller, findChatCaller, type ChatCaller } from './chat-caller.ts';
import type { ChatCookies } from './chat-cookie.ts';
import { messageView, viewContext } from './conversation-view.ts';
import type { ChatDeps } from './deps.ts';
import { postMessage } from './post-message.ts';
import { requestApproval } from './request-approval.ts';
import { retryMessage } from './retry-message.ts';
import { unwrap } from './unwrap-answer.ts';

const shownSessions = 100;
/** Of one person: each looks into the database several times a second. */
const answersAtOnce = 20;

/** The chat app's JSON endpoints (PRODUCT.md). Everybody sees and touches their own conversations only (RULES 9). */
export function chatRoutes(deps: ChatDeps, cookies: ChatCookies): Router {
  const router = Router();
  const limit = createStreamLimit();
  const turnLimit = createStreamLimit(answersAtOnce, 'You wait for many answers already. Wait for some of them.');
  const reader = (request: Request, { person }: ChatCaller) => ({
    subject: person.subject,
    limit: turnLimit,
    isStillAllowed: async () => (await findChatCaller(deps, cookies, request)) !== undefined,
  });

  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.post('/chat', async (request, response) => {
    const caller = await chatCaller(deps, cookies, request);
    const body = parseBody(postChatSchema, request);
    const begin = async () => {
      const { sessionId, messageId } = await postMessage(deps, caller, body);
      return { sessionId, awaited: { replyTo: messageId } };
    };
    await answerTurn(deps, { request, response }, begin, reader(request, caller));
  });

  router.post('/retry-message', async (request, response) => {
    const caller = await chatCaller(deps, cookies, request);
    const body = parseBody(retryMessageSchema, request);
    await answerTurn(deps, { request, response }, () => retryMessage(deps, caller, body), reader(request, caller));
  });

  router.post('/request-approval', async (request, response) => {
    const caller = await chatCaller(deps, cookies, request);
    response.json(await requestApproval(deps, caller, parseBody(requestApprovalSchema, request)));
  });

  router.get('/check-approval/:id', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const answer = unwrap(await deps.authServer.ask(person.subject, 'GET', `/api/status/${pathId(request)}`));
    response.status(answer.status).json(answer.body);
  });

  router.post('/cancel-approval', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const body = parseBody(cancelApprovalSchema, request);
    const session = await ownChatSession(deps.db, body.session_id, person.subject);
    const calls = await listCalls(deps.db, { sessionId: session.session_id });
    const call = calls.find(({ request_id }) => request_id === body.approval_request_id);
    if (call === undefined) throw new DomainError('not_found', 'No call of this conversation waits for that request.');
    const path = `/api/requests/${encodeURIComponent(body.approval_request_id)}/cancel`;
    const answer = unwrap(await deps.authServer.ask(person.subject, 'POST', path));
    response.status(answer.status).json(answer.body);
  });

  router.get('/api/chat-history', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const { session_id } = parseQuery(historyQuerySchema, request);
    const session = await ownChatSession(deps.db, session_id, person.subject);
    const [messages, calls] = await Promise.all([
      listMessages(deps.db, session_id),
      listCalls(deps.db, { sessionId: session_id }),
    ]);
    const view = await viewContext(deps.db, calls, deps.now(), deps.issuer);
    const history: ChatHistory = {
      session_id,
      title: session.title,
      messages: messages.map((message) => messageView(message, calls, view)),
      now: view.now.toISOString(),
    };
    response.json(history);
  });

  router.get('/api/chat-sessions', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    const sessions = await listChatSessions(deps.db, person.subject, shownSessions);
    const list: ChatSessionList = {
      sessions: sessions.map(({ session_id, title, updated_at, waiting, open_requests }) => ({
        session_id,
        title,
        updated_at: updated_at.toISOString(),
        waiting,
        open_requests,
      })),
    };
    response.json(list);
  });

  router.get('/api/user-status', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    response.json(await userStatus(deps, { person, clientId: chatClientId }));
  });

  router.get('/api/agent', async (request, response) => {
    await chatCaller(deps, cookies, request);
    const info: AgentInfo = { ...deps.agent, dashboard_url: deps.dashboardUrl };
    response.json(info);
  });

  router.get('/api/events', async (request, response) => {
    const { person } = await chatCaller(deps, cookies, request);
    streamEvents(response, {
      feed: deps.feed,
      limit,
      subject: person.subject,
      mayReceive: (event) => Promise.resolve(event.subject === person.subject || event.kind === 'freeze'),
      isStillAllowed: async () => (await findChatCaller(deps, cookies, request)) !== undefined,
      start: () => streamStart(deps.db, lastEventIdOf(request), { subject: person.subject }),
    });
  });

  return router;
}
