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
  /** When each conversation's call was parked and each person was granted something, in the order of our noticing. */
  readonly #parkedAt = new LRUCache<string, number>({ max: 10_000 });
  readonly #grantedAt = new LRUCache<string, number>({ max: 10_000 });
  #noticed = 0;

  constructor(tokens: Pick<TokenSource, 'token'>, resource: string) {
    this.#tokens = tokens;
    this.#resource = resource;
  }

  /** A call of this conversation waits for a grant. */
  parked(sessionId: string): void {
    this.#parkedAt.set(sessionId, ++this.#noticed);
  }

  /** A grant is told of before the conversations whose calls it has released. */
  seen({ kind, id, subject }: Pick<StoredEvent, 'kind' | 'id' | 'subject'>): void {
    if (kind === 'grant') this.#grantedAt.set(subject, ++this.#noticed);
    if (kind !== 'chat_session') return;
    const parkedAt = this.#parkedAt.get(id);
    if (parkedAt === undefined || (this.#grantedAt.get(subject) ?? 0) < parkedAt) return;
    this.#parkedAt.delete(id);
    // Whoever needs it meets the same failure and reports it.
    this.#tokens.token({ subject, sessionId: id, resource: this.#resource }).catch(() => undefined);
  }
}
