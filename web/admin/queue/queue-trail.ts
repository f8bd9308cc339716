import type { QueueFilter } from './queue-filter.ts';

/** How somebody last saw the queue: by it a request's page knows its neighbours and the way back. */
export interface QueueTrail {
  filter: QueueFilter;
  /** The ids in the order in which they were shown. */
  ids: readonly string[];
}

let trail: QueueTrail = { filter: {}, ids: [] };
let arrivingByDecision = false;

/** Remembers what the queue shows. */
export function leaveTrail(next: QueueTrail): void {
  trail = next;
}

/** How the queue was last shown; everything that waits, when it was not. */
export function queueTrail(): QueueTrail {
  return trail;
}

/** The next page is opened because this one's request was decided: its heading wants the focus. */
export function announceArrival(): void {
  arrivingByDecision = true;
}

/** Whether this page was opened by a decision; asked once. */
export function takeArrival(): boolean {
  const arriving = arrivingByDecision;
  arrivingByDecision = false;
  return arriving;
}
