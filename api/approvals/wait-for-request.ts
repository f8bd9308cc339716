import { findRequest, type ScopeRequest } from '../../activities/store/requests.ts';
import type { ApprovalDeps } from './deps.ts';

const pollMs = 150;

/**
 * Waits until the row of a request satisfies `done`: NOTIFY is the hint, a short poll the truth (RULES 19).
 *
 * @returns the row, or `undefined` when `timeoutMs` has passed.
 */
export async function waitForRequest(
  deps: Pick<ApprovalDeps, 'db' | 'feed'>,
  requestId: string,
  done: (request: ScopeRequest) => boolean,
  timeoutMs: number,
): Promise<ScopeRequest | undefined> {
  const deadline = Date.now() + timeoutMs;
  let wake: () => void = () => undefined;
  const unsubscribe = deps.feed.subscribe((event) => {
    if (event.id === requestId) wake();
  });
  try {
    for (;;) {
      const hinted = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const request = await findRequest(deps.db, requestId);
      if (request !== undefined && done(request)) return request;
      const remainingMs = deadline - Date.now();
      if (remainingMs <= 0) return undefined;
      await Promise.race([hinted, sleep(Math.min(pollMs, remainingMs))]);
    }
  } finally {
    unsubscribe();
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
