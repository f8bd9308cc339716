import type { LiveEvent } from '../../api/contract/events.ts';

/** The kinds of events, which are also the names under which the stream sends them. */
export const eventKinds = [
  'request',
  'grant',
  'chat_session',
  'policy',
  'sign_out',
  'person',
  'client',
  'freeze',
] as const satisfies LiveEvent['kind'][];

/** Reads one event; anything else (a `hello`, a kind from a newer server) is `undefined`. */
export function parseLiveEvent(data: string): LiveEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { position, kind, id } = value as Partial<Record<keyof LiveEvent, unknown>>;
  const known = eventKinds.find((candidate) => candidate === kind);
  if (known === undefined || typeof id !== 'string') return undefined;
  return { position: String(position), kind: known, id };
}
