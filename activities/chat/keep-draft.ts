import { keepReplySoFar } from '../store/chat-messages.ts';
import type { Db } from '../store/connect.ts';
import type { LiveText } from './live-text.ts';
import { storableSoFar } from './storable-text.ts';

/** What a model has said so far in a step, where readers find it. */
export interface Draft {
  say(saidSoFar: string): void;
  /** Aborted once the turn has been stopped or its conversation deleted. */
  readonly stopped: AbortSignal;
  /** Resolves when nothing more of the draft will be written. */
  close(): Promise<void>;
}

const publishMs = 50;
/** Every so many times what was said is stored, and the database is asked whether the turn goes on. */
const storeEvery = 5;

/** See {@link Draft}. What was left by an earlier attempt of the same step is taken back. */
export function keepDraft(deps: { db: Db; liveText: LiveText }, messageId: string): Draft {
  const stop = new AbortController();
  let said = '';
  let published = '';
  let ticks = 0;
  let storing: Promise<void> | undefined;
  const store = async (): Promise<void> => {
    const goesOn = await keepReplySoFar(deps.db, messageId, storableSoFar(said));
    if (!goesOn) stop.abort(new Error('The turn was stopped.'));
  };
  const timer = setInterval(() => {
    if (said !== published) {
      published = said;
      deps.liveText.publish(messageId, storableSoFar(said));
    }
    ticks += 1;
    if (ticks % storeEvery !== 0 || storing !== undefined) return;
    // A database that is away for a moment costs a draft, not the step.
    storing = store()
      .catch(() => undefined)
      .finally(() => (storing = undefined));
  }, publishMs);
  return {
    say: (saidSoFar) => (said = saidSoFar),
    stopped: stop.signal,
    close: async () => {
      clearInterval(timer);
      await storing;
    },
  };
}
