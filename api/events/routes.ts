import { Router } from 'express';
import { hasTokenEnded } from '../../activities/store/client-sign-ins.ts';
import type { Db } from '../../activities/store/connect.ts';
import type { EventFeed } from '../../activities/store/event-feed.ts';
import { findPerson } from '../../activities/store/people.ts';
import { livePolicy } from '../../activities/store/policies.ts';
import { isClientBlocked } from '../../activities/store/suspensions.ts';
import { mayOpenDashboard } from '../../workflows/domain/approvers.ts';
import { callerOf } from '../sessions/authenticate.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import { isOtherPeoplesClient, type Caller } from '../sessions/caller.ts';
import { mayReceiveEvent, onlyReceivable } from './may-receive.ts';
import { onlyOfClient } from './only-of-client.ts';
import { lastEventIdOf, streamStart, type StreamStart } from './replay.ts';
import { streamEvents } from './stream.ts';
import type { ViewLimits } from './view-limits.ts';

/** What the event stream is made of. */
export interface EventRouteDeps {
  db: Db;
  feed: EventFeed;
  sessions: BrowserSessions;
  limits: ViewLimits;
  now: () => Date;
}

/** `GET /events`: what changes, as far as the caller may know. Expects an authenticated caller. */
export function eventRoutes(deps: EventRouteDeps): Router {
  const router = Router();
  router.get('/events', (request, response) => {
    const caller = callerOf(response);
    const { subject } = caller.person;
    streamEvents(response, {
      feed: deps.feed,
      limit: deps.limits.of(caller),
      subject,
      mayReceive: async (event) => {
        if (isOtherPeoplesClient(caller)) return (await onlyOfClient(deps.db, ofClient(caller), [event])).length > 0;
        if (seesOwnOnly(caller)) return event.subject === subject || event.kind === 'freeze';
        return mayReceiveEvent(deps.db, subject, event);
      },
      isStillAllowed: () => isStillAllowed(deps, caller),
      // Whose client is blocked or disconnected in the middle is told nothing more.
      mayBeEndedBy: ({ kind, id }) => kind === 'client' && id === caller.clientId,
      start: () => begin(deps, caller, lastEventIdOf(request)),
    });
  });
  return router;
}

/** Who sees only their own events is not told to fetch everything because of others'. */
async function begin({ db }: EventRouteDeps, caller: Caller, lastEventId: string | undefined): Promise<StreamStart> {
  const { subject } = caller.person;
  if (isOtherPeoplesClient(caller)) {
    return streamStart(db, lastEventId, { subject, only: (events) => onlyOfClient(db, ofClient(caller), events) });
  }
  if (seesOwnOnly(caller)) {
    return streamStart(db, lastEventId, { subject });
  }
  const [person, policy] = await Promise.all([findPerson(db, subject), livePolicy(db)]);
  const seesOthers = person !== undefined && mayOpenDashboard(policy, person);
  return streamStart(db, lastEventId, {
    ...(seesOthers ? {} : { subject }),
    only: (events) => onlyReceivable(db, subject, events),
  });
}

function ofClient({ person, clientId }: Caller): { subject: string; clientId: string } {
  return { subject: person.subject, clientId };
}

/** A token carries no power over what is others' (RULES 3). */
function seesOwnOnly(caller: Caller): boolean {
  return caller.kind === 'bearer';
}

async function isTokenGood({ db }: EventRouteDeps, caller: Caller): Promise<boolean> {
  const { person, clientId, issuedAt = new Date(0), signIn } = caller;
  if (await isClientBlocked(db, clientId)) return false;
  return !(await hasTokenEnded(db, { subject: person.subject, clientId, issuedAt, signIn }));
}

async function isStillAllowed(deps: EventRouteDeps, caller: Caller): Promise<boolean> {
  if (caller.expiresAt !== undefined && caller.expiresAt <= deps.now()) return false;
  if (caller.sessionId !== undefined && !(await deps.sessions.isAlive(caller.sessionId))) return false;
  if (caller.kind === 'bearer' && !(await isTokenGood(deps, caller))) return false;
  const person = await findPerson(deps.db, caller.person.subject);
  return person !== undefined && !person.disabled;
}
