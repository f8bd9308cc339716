import { isOtherPeoplesClient, type Caller } from '../sessions/caller.ts';
import { createStreamLimit, type StreamLimit } from './stream-limit.ts';

/** How many live views may be open at the API at once. */
export interface ViewLimits {
  /** The limit that counts for this viewer. */
  of(viewer: Pick<Caller, 'kind' | 'clientId'>): StreamLimit;
}

/** Of one person, at one client of other people. */
const eachClient = 3;
/** Of one person, at all those clients together. */
const allClients = 15;

const refusal = 'Too many live views of this client, or of this person’s clients, are open. Close one and try again.';

/**
 * A person's browsers and our own apps count together; what other people's clients open counts apart, so that none of
 * them takes the person's own views, or another client's, away.
 */
export function createViewLimits(): ViewLimits {
  const [own, each, together] = [
    createStreamLimit(),
    createStreamLimit(eachClient, refusal),
    createStreamLimit(allClients, refusal),
  ];
  const ofClient = (clientId: string): StreamLimit => ({
    enter: (subject) => {
      const leave = each.enter(JSON.stringify([subject, clientId]));
      try {
        const leaveAll = together.enter(subject);
        return () => {
          leave();
          leaveAll();
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
  });
  return { of: (viewer) => (isOtherPeoplesClient(viewer) ? ofClient(viewer.clientId) : own) };
}
