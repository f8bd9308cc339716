import { LRUCache } from 'lru-cache';
import { errors, Provider, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import { isPolled } from './polled-models.ts';

/** What clients keep to where nothing is said (RFC 8628 section 3.2, CIBA section 7.3), less what networks lose. */
const intervalMs = 5_000;
const toleranceMs = 1_000;

/**
 * Answers `slow_down` to a client that asks again too soon whether there is an answer (RFC 8628 section 3.5, CIBA section
 * 11). An answer that there is, is given whenever it is asked for. Counts in memory, each process for itself.
 */
export function slowDownPolling(factory: AdapterFactory, now: () => Date): AdapterFactory {
  const asked = new LRUCache<string, number>({ max: 10_000 });
  return (model) => {
    const adapter = factory(model);
    if (!isPolled(model)) return adapter;
    return {
      ...adapter,
      find: async (id) => {
        const payload = await adapter.find(id);
        const at = now().getTime();
        if (payload === undefined || !waits(payload) || (payload.exp ?? 0) * 1_000 <= at) return payload;
        const before = asked.get(id);
        asked.set(id, at);
        if (before !== undefined && at - before < intervalMs - toleranceMs) throw new errors.SlowDown();
        return payload;
      },
    };
  };
}

/** Whether its own client is about to hear that there is no answer so far. */
function waits(payload: AdapterPayload): boolean {
  const { ctx } = Provider;
  if (ctx?.oidc.route !== 'token' || payload.clientId !== ctx.oidc.client?.clientId) return false;
  return payload.consumed === undefined && payload.grantId === undefined && payload['error'] === undefined;
}
