import type { StoredAuditEntry } from '../../activities/store/audit-log.ts';
import type { GrantCall } from '../contract/grants.ts';

type CallEntry = Pick<StoredAuditEntry, 'at' | 'type' | 'data'>;

/**
 * The calls in a stretch of the audit log, the newest first as the entries are. The log tells of a call when it begins
 * and when it ends; an end belongs to the nearest beginning of the same tool, arguments and token that has none yet. Pure.
 */
export function grantCalls(entries: readonly CallEntry[]): GrantCall[] {
  const ends = new Map<string, CallEntry[]>();
  return entries.flatMap((entry) => {
    const key = JSON.stringify([entry.data['tool'], entry.data['argument_digest'], entry.data['jti']]);
    switch (entry.type) {
      case 'tool.finished':
        ends.set(key, [...(ends.get(key) ?? []), entry]);
        return [];
      case 'tool.called':
        return [callOf(entry, ends.get(key)?.pop())];
      case 'tool.refused':
        return [{ ...callOf(entry, undefined), outcome: 'refused' as const }];
      default:
        return [];
    }
  });
}

function callOf({ at, data }: CallEntry, end: CallEntry | undefined): GrantCall {
  const outcome = end?.data['outcome'];
  const duration = end?.data['duration_ms'];
  return {
    at: at.toISOString(),
    tool: String(data['tool']),
    outcome: outcome === 'succeeded' || outcome === 'failed' || outcome === 'not_run' ? outcome : 'unknown',
    duration_ms: typeof duration === 'number' ? duration : null,
    argument_digest: typeof data['argument_digest'] === 'string' ? data['argument_digest'] : null,
  };
}
