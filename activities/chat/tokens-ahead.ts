import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '../store/event-feed.ts';
import type { TokenSource } from './token-source.ts';

/**
 * Asks for the token of a released call while its conversation is still being woken, so that the call finds it. Only
 * where this process has parked the call itself: of several, one asks.
 */
export class TokensAhead {
  readonly #tokens: Pick<TokenSource, 'token'>;
  readonly #resource: string;
  readonly #parked = new LRUCache<string, true>({ max: 10_000 });
  readonly #granted = new LRUCache<string, true>({ max: 10_000, ttl: 10_000 });

  constructor(tokens: Pick<TokenSource, 'token'>, resource: string) {
    this.#tokens = tokens;
    this.#resource = resource;
  }

  /** A call of this conversation waits for a grant. */
  parked(sessionId: string): void {
    this.#parked.set(sessionId, true);
  }

  /** A grant is told of before the conversations whose calls it has released. */
  seen({ kind, id, subject }: Pick<StoredEvent, 'kind' | 'id' | 'subject'>): void {
    if (kind === 'grant') this.#granted.set(subject, true);
    if (kind !== 'chat_session' || !this.#granted.has(subject) || !this.#parked.delete(id)) return;
    // Whoever needs it meets the same failure and reports it.
    this.#tokens.token({ subject, sessionId: id, resource: this.#resource }).catch(() => undefined);
  }
}
