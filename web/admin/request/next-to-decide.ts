/**
 * The request to go on with: the first below the decided one that can be decided, else the first of all.
 *
 * @param at where the decided one stood, or -1.
 */
export function nextToDecide(
  ids: readonly string[],
  decided: string,
  at: number,
  canDecide: (requestId: string) => boolean,
): string | undefined {
  const isNext = (id: string): boolean => id !== decided && canDecide(id);
  const current = ids.indexOf(decided);
  return ids.slice(Math.max(0, current === -1 ? at : current)).find(isNext) ?? ids.find(isNext);
}
