/** Which row is selected, and where it stood when it was there: by that J and K go on after it has left. */
export interface Selection {
  id: string;
  index: number;
}

/** The row that a step leads to; undefined in an empty list. */
export function stepTo(ids: readonly string[], from: Selection | undefined, step: 1 | -1): Selection | undefined {
  if (ids.length === 0) return undefined;
  const index = ids.length - 1;
  const at = (wanted: number): Selection | undefined => {
    const bounded = Math.max(0, Math.min(index, wanted));
    const id = ids[bounded];
    return id === undefined ? undefined : { id, index: bounded };
  };
  if (from === undefined) return at(step === 1 ? 0 : index);
  const current = ids.indexOf(from.id);
  // What followed the one that left has taken its place.
  return current === -1 ? at(step === 1 ? from.index : from.index - 1) : at(current + step);
}

/** The row to go on with when one has been decided: the one below it, else the one above. */
export function successorOf(ids: readonly string[], decided: string): Selection | undefined {
  const at = ids.indexOf(decided);
  const rest = ids.filter((id) => id !== decided);
  const index = Math.min(at === -1 ? 0 : at, rest.length - 1);
  const id = rest[index];
  return id === undefined ? undefined : { id, index };
}
