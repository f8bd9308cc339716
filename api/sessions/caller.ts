import type { Account } from '../../activities/store/people.ts';
import { maySee, type DecidableRequest } from '../../workflows/domain/approvers.ts';
import { isFirstParty } from '../../workflows/domain/clients.ts';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { Policy } from '../../workflows/domain/policy.ts';

/** A caller's account with the roles it has now. */
export type CallerPerson = Account;

/** Who is calling the API, and through which client. */
export interface Caller {
  /** A browser session at 8002 acts as the first-party client `countersign-dashboard`. */
  kind: 'browser' | 'bearer';
  person: CallerPerson;
  clientId: string;
  /** When the session or the token ends. */
  expiresAt?: Date;
  /** Of a browser: the digest of the cookie's secret. */
  sessionId?: string;
  /** Of a browser: when the person signed in. */
  authenticatedAt?: Date;
  /** Of a bearer: what its token says it may do. */
  scopes?: readonly string[];
  /** Of a bearer: the token's id. */
  jti?: string;
  /** Of a bearer: when its token was issued. */
  issuedAt?: Date;
  /** Of a bearer: the sign-in that its token belongs to. */
  signIn?: string;
  /** Of a bearer: the key that its token is bound to. */
  jkt?: string;
  /** Of a bearer: the token carries approve:requests, and its grant is alive (RULES 3). */
  mayDecide?: boolean;
}

/** Nobody is signed in, or no longer. */
export function notSignedIn(): DomainError {
  return new DomainError('not_signed_in', 'Sign in first: your session or token is missing or has ended.');
}

/**
 * The caller as far as what is other people's goes: their roles count in a signed-in browser. A token carries none of
 * that power, so an agent that acts for an admin or auditor sees what is theirs alone (RULES 3).
 */
export function overOthers(caller: Caller): CallerPerson {
  return caller.kind === 'browser' ? caller.person : { ...caller.person, roles: [] };
}

/** Whether other people's client is calling, with a token: it is told what concerns itself and acts on nothing else. */
export function isOtherPeoplesClient({ kind, clientId }: Pick<Caller, 'kind' | 'clientId'>): boolean {
  return kind === 'bearer' && !isFirstParty(clientId);
}

/**
 * Whether the caller may read a request or grant: as `maySee` has it, and what is their own at the client that calls. Only
 * the person's browser and our own apps see what all their clients ask for and hold. Pure.
 */
export function mayCallerSee(policy: Policy, caller: Caller, item: DecidableRequest & { client_id: string }): boolean {
  const foreign = item.subject === caller.person.subject && item.client_id !== caller.clientId;
  return !(foreign && isOtherPeoplesClient(caller)) && maySee(policy, overOthers(caller), item);
}
