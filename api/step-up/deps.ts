import type { InteractionResults, Provider } from 'oidc-provider';
import type { Db } from '../../activities/store/connect.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import type { StepUpAsker } from './asker.ts';

/** What an authorization request that waits for people needs. */
export interface StepUpDeps {
  db: Db;
  sessions: BrowserSessions;
  asker: StepUpAsker;
  issuer: string;
  /** The chat, where people see what they hold and asked for. */
  chatUrl: string;
  now: () => Date;
}

/** An interaction of the authorization server. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What is said to the client: the person goes on, or an OAuth error. */
export type StepUpResult = InteractionResults;

/** What was granted by now is the answer. */
export const goOn: StepUpResult = { approval: {} };

/** @param description reaches the client, and often a person, as it is. */
export function refuse(
  description: string,
  error: 'access_denied' | 'temporarily_unavailable' | 'unauthorized_client' = 'access_denied',
): StepUpResult {
  return { error, error_description: description };
}
