import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestId } from '@modelcontextprotocol/server';
import { DomainError } from '../../workflows/domain/errors.ts';
import type { CoolDown } from '../ports.ts';
import type { AskedCall } from './begin-call.ts';
import type { Caller } from './caller.ts';
import type { AuthorizationError } from '../../workflows/domain/insufficient-scope-error.ts';

/** That a call was judged and may run: what it was judged by goes into the audit entry. */
export interface CallPermit {
  caller: Caller;
  toolName: string;
  scope: string;
  grantId: string | undefined;
  argumentDigest: string;
  /** Whether it began under a living grant, and is in the audit table; pending only for calls that read. */
  begun: Promise<boolean>;
  /** That entry was on the disk before the call was let run: then how it ended need not be waited for. */
  synced: boolean;
}

/** That a call was judged and may not run, which its result says. */
export interface InBandRefusal extends AskedCall {
  error: AuthorizationError;
  args: Record<string, unknown>;
  /** The client speaks the tasks extension: its call can be parked. */
  canWait: boolean;
  /** The last answer, which still stands. */
  coolDown: CoolDown | undefined;
}

/** What was decided about one HTTP request, which a legacy batch may fill with several calls. */
export interface RequestDecisions {
  ids: Set<string>;
  permits: Map<string, CallPermit>;
  /** Those of calls that run, or have. */
  taken: Set<CallPermit>;
  inBand: Map<string, InBandRefusal>;
  refusal?: AuthorizationError;
  unavailable?: true;
  /** The task that the call has become, in place of its result. */
  parked?: Readonly<Record<string, unknown>>;
  /** Why none of its calls runs: one is not fit to be judged. */
  invalid?: string;
}

const decisions = new AsyncLocalStorage<RequestDecisions>();

/** Runs the handling of one HTTP request with its own decisions, which are handed back with the result. */
export async function withDecisions<T>(work: () => Promise<T>): Promise<{ result: T; made: RequestDecisions }> {
  const made: RequestDecisions = { ids: new Set(), permits: new Map(), taken: new Set(), inBand: new Map() };
  return { result: await decisions.run(made, work), made };
}

/**
 * Claims the id of a call before it is judged.
 *
 * @throws {DomainError} `invalid_request` when another call of this request has it: then none of them runs.
 */
export function claimCallId(id: RequestId): void {
  const own = current();
  const key = JSON.stringify(id);
  if (own.ids.has(key)) {
    // The permit of one could pass for the other.
    const error = new DomainError('invalid_request', 'Two calls of one batch have the same id. Give each its own.');
    recordInvalid(error);
    throw error;
  }
  own.ids.add(key);
}

/** Keeps why nothing of this HTTP request runs. */
export function recordInvalid({ message }: DomainError): void {
  current().invalid = message;
}

/** Keeps what was decided about a call of this HTTP request, for whoever runs it. */
export function recordPermit(id: RequestId, permit: CallPermit): void {
  current().permits.set(permitKey(id, permit.toolName), permit);
}

/** Keeps that a call is answered with a refusal in its result. */
export function recordInBand(id: RequestId, refusal: InBandRefusal): void {
  current().inBand.set(permitKey(id, refusal.toolName), refusal);
}

/** Keeps the refusal that the whole HTTP request is answered with. */
export function recordRefusal(refusal: AuthorizationError): void {
  current().refusal = refusal;
}

/** The call could not be judged because the database is away. */
export function recordUnavailable(): void {
  current().unavailable = true;
}

/**
 * Takes the permit of a call that is about to run: nothing runs that was not judged in this very request.
 *
 * @throws {DomainError} `insufficient_scope` when there is none.
 */
export function takePermit(id: RequestId, toolName: string): CallPermit {
  const own = decisions.getStore();
  const permit = own?.permits.get(permitKey(id, toolName));
  if (own === undefined || permit === undefined || own.invalid !== undefined)
    throw new DomainError('insufficient_scope', `The call of ${toolName} was not authorized.`);
  own.taken.add(permit);
  return permit;
}

/** Takes back the permits of calls that do not run; none of them runs from then on. */
export function leaveUntaken({ permits, taken }: RequestDecisions): CallPermit[] {
  const left = [...permits].filter(([, permit]) => !taken.has(permit));
  for (const [key] of left) permits.delete(key);
  return left.map(([, permit]) => permit);
}

/** Whether a call was judged in this very request: it may run, or its result says that it may not. */
export function wasJudged(id: RequestId, toolName: string): boolean {
  const own = decisions.getStore();
  const key = permitKey(id, toolName);
  return own !== undefined && (own.permits.has(key) || own.inBand.has(key));
}

/** The call has become a task, which goes over the wire as the result. */
export function recordParked(task: Readonly<Record<string, unknown>>): void {
  current().parked = task;
}

/** What the result of a refused call is to say; undefined for one that may run. */
export function inBandRefusalOf(id: RequestId, toolName: string): InBandRefusal | undefined {
  return decisions.getStore()?.inBand.get(permitKey(id, toolName));
}

function current(): RequestDecisions {
  const store = decisions.getStore();
  if (store === undefined) throw new Error('Authorization was asked outside a request.');
  return store;
}

function permitKey(id: RequestId, toolName: string): string {
  return JSON.stringify([id, toolName]);
}
