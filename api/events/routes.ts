import { Router } from 'express';
import type { Db } from '../../activities/store/connect.ts';
import type { EventFeed } from '../../activities/store/event-feed.ts';
import { findPerson } from '../../activities/store/people.ts';
import { callerOf } from '../sessions/authenticate.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import type { Caller } from '../sessions/caller.ts';
import { mayReceiveEvent } from './may-receive.ts';
import { streamEvents } from './stream.ts';
import type { StreamLimit } from './stream-limit.ts';

/** What the event stream is made of. */
export interface EventRouteDeps {
  db: Db;
  feed: EventFeed;
  sessions: BrowserSessions;
  limit: StreamLimit;
  now: () => Date;
}

/** `GET /events`: what changes, as far as the caller may know. Expects an authenticated caller. */
export function eventRoutes(deps: EventRouteDeps): Router {
  const router = Router();
  router.get('/events', (_request, response) => {
    const caller = callerOf(response);
    const { subject } = caller.person;
    streamEvents(response, {
      feed: deps.feed,
      limit: deps.limit,
      subject,
      mayReceive: (event) => mayReceiveEvent(deps.db, subject, event),
      isStillAllowed: () => isStillAllowed(deps, caller),
    });
  });
  return router;
}

async function isStillAllowed(deps: EventRouteDeps, caller: Caller): Promise<boolean> {
  if (caller.expiresAt !== undefined && caller.expiresAt <= deps.now()) return false;
  if (caller.sessionId !== undefined && !(await deps.sessions.isAlive(caller.sessionId))) return false;
  const person = await findPerson(deps.db, caller.person.subject);
  return person !== undefined && !person.disabled;
}
