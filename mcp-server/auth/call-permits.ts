import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestId } from '@modelcontextprotocol/server';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';

/** That a call was judged and may run: what it was judged by goes into the audit entry. */
export interface CallPermit {
  toolName: string;
  scope: string;
  grantId: string | undefined;
  argumentDigest: string;
}

/** What was decided about one HTTP request, which a legacy batch may fill with several calls. */
interface RequestDecisions {
  permits: Map<string, CallPermit>;
  refusal?: AuthorizationError;
  unavailable?: true;
}

const decisions = new AsyncLocalStorage<RequestDecisions>();

/** Runs the handling of one HTTP request with its own decisions, which are handed back with the result. */
export async function withDecisions<T>(
  work: () => Promise<T>,
): Promise<{ result: T; refusal: AuthorizationError | undefined; unavailable: boolean }> {
  const own: RequestDecisions = { permits: new Map() };
  const result = await decisions.run(own, work);
  return { result, refusal: own.refusal, unavailable: own.unavailable ?? false };
}

export function recordPermit(id: RequestId, permit: CallPermit): void {
  current().permits.set(permitKey(id, permit.toolName), permit);
}

export function recordRefusal(refusal: AuthorizationError): void {
  current().refusal = refusal;
}

/** The call could not be judged because the database is away. */
export function recordUnavailable(): void {
  current().unavailable = true;
}

/**
 * The permit of a call that is about to run: nothing runs that was not judged in this very request.
 *
 * @throws {DomainError} `insufficient_scope` when there is none.
 */
export function permitOf(id: RequestId, toolName: string): CallPermit {
  const permit = decisions.getStore()?.permits.get(permitKey(id, toolName));
  if (permit === undefined) throw new DomainError('insufficient_scope', `The call of ${toolName} was not authorized.`);
  return permit;
}

function current(): RequestDecisions {
  const store = decisions.getStore();
  if (store === undefined) throw new Error('Authorization was asked outside a request.');
  return store;
}

function permitKey(id: RequestId, toolName: string): string {
  return JSON.stringify([id, toolName]);
}
