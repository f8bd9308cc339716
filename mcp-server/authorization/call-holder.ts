import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestStatusResponse } from '../../api/contract/scope-requests.ts';
import type { HeldCall } from '../tools/register-tool.ts';
import type { CallerAuthorizations } from './ports.ts';

/** Below the minute after which clients give up by default. */
const heldMs = 45_000;
const lookEveryMs = 1_000;
const tellEveryMs = 5_000;
/** Each held call asks the API once a second. */
const mostHeld = 50;
/** Nobody takes all places: so many are for one person and client. */
const mostHeldOfOne = 5;

/** Holds calls open while their requests are decided, for clients that asked to be told how it goes. */
export class CallHolder {
  readonly #heldMs: number;
  readonly #lookEveryMs: number;
  #held = 0;
  readonly #heldOf = new Map<string, number>();

  constructor(options: { heldMs?: number; lookEveryMs?: number } = {}) {
    this.#heldMs = options.heldMs ?? heldMs;
    this.#lookEveryMs = options.lookEveryMs ?? lookEveryMs;
  }

  /**
   * @param owner whose call it is: one name for each person and client
   * @returns the request when it ended meanwhile; undefined when the client is to come back, or hold no call at all
   */
  async wait(
    authorizations: CallerAuthorizations,
    requestId: string,
    { progress, signal }: HeldCall,
    message: string,
    owner: string,
  ): Promise<RequestStatusResponse | undefined> {
    const ofOwner = this.#heldOf.get(owner) ?? 0;
    if (progress === undefined || this.#held >= mostHeld || ofOwner >= mostHeldOfOne) return undefined;
    this.#held += 1;
    this.#heldOf.set(owner, ofOwner + 1);
    try {
      const began = Date.now();
      let told = -Infinity;
      for (let elapsed = 0; elapsed < this.#heldMs && !signal.aborted; elapsed = Date.now() - began) {
        if (elapsed - told >= tellEveryMs) {
          await progress(elapsed, message);
          told = elapsed;
        }
        await sleep(this.#lookEveryMs, undefined, { signal }).catch(() => undefined);
        const request = await authorizations.status(requestId);
        if (request.status !== 'pending') return request;
      }
      return undefined;
    } catch {
      // The client has gone, or the API is away: the request stands, and the answer says where.
      return undefined;
    } finally {
      this.#held -= 1;
      const left = (this.#heldOf.get(owner) ?? 1) - 1;
      if (left > 0) this.#heldOf.set(owner, left);
      else this.#heldOf.delete(owner);
    }
  }
}
