import { useSyncExternalStore } from 'react';
import type { TurnEvent } from '../../../api/contract/chat-stream.ts';

/** A turn that this page has begun, as far as its stream has told. */
export interface LiveTurn {
  /** What the person wrote; undefined when an earlier message is tried again. */
  asked: string | undefined;
  /** The person's messages that the history held when this one was sent. */
  knownIds: ReadonlySet<string>;
  /** Where it stands, once the server has taken it. */
  sessionId: string | undefined;
  /** The reply that is being made. */
  replyId: string | undefined;
  text: string;
  state: 'under_way' | 'failed';
  /** Why it could not be sent or followed. */
  error: unknown;
}

/** Key of a turn that begins a conversation, until its conversation has an id. */
export const newConversation = 'new';

let turns: ReadonlyMap<string, LiveTurn> = new Map();
const listeners = new Set<() => void>();

/** What a turn becomes by an event. Pure. */
export function applyTurnEvent(turn: LiveTurn, event: TurnEvent): LiveTurn {
  switch (event.type) {
    case 'turn':
      return { ...turn, sessionId: event.session_id };
    case 'text':
      return { ...turn, replyId: event.message_id, text: turn.text + event.delta };
    case 'text_reset':
      return { ...turn, replyId: event.message_id, text: '' };
    case 'tool_call':
      return { ...turn, replyId: event.message_id };
    case 'reply':
      return { ...turn, replyId: event.reply.message_id, text: event.reply.reply };
    case 'problem':
      return turn;
  }
}

/** Changes the turn under a key; undefined ends it. */
export function setTurn(key: string, turn: LiveTurn | undefined): void {
  const next = new Map(turns);
  if (turn === undefined) next.delete(key);
  else next.set(key, turn);
  turns = next;
  for (const listener of listeners) listener();
}

/** The turn under a key now. */
export function turnOf(key: string): LiveTurn | undefined {
  return turns.get(key);
}

/** The turn under a key, for showing. Outside of components, so that it goes on while another page is looked at. */
export function useTurn(key: string): LiveTurn | undefined {
  return useSyncExternalStore(subscribe, () => turns.get(key));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
