import { AsyncLocalStorage } from 'node:async_hooks';
import { requestIdHeader } from '../../workflows/domain/request-id.ts';

/** What is known about the request that the code of this moment works for. */
export interface RequestContext {
  requestId: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs work, and all that it starts, for a request. */
export function inRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The id of the request that is worked for; undefined for work that nobody asked for, such as a sweep. */
export function currentRequestId(): string | undefined {
  return storage.getStore()?.requestId;
}

/** What a request to another server of ours carries. */
export function requestIdHeaders(): Record<string, string> {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { [requestIdHeader]: requestId };
}
