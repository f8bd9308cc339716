import type { Account } from '../../activities/store/people.ts';

/** A caller's account with the roles it has now. */
export type CallerPerson = Account;

/** Who is calling the API, and through which client. */
export interface Caller {
  /** A browser session at 8002 acts as the first-party client `countersign-dashboard`. */
  kind: 'browser' | 'bearer';
  person: CallerPerson;
  clientId: string;
  /** Of a browser: the digest of the cookie's secret. */
  sessionId?: string;
  /** Of a bearer: the token's id. */
  jti?: string;
}
