/** Where the walk through a list stands; the first page is read with `undefined`. */
export interface Place {
  at: Date;
  id: string;
}

/**
 * Walks a list page by page, one page each time it is called, and begins anew at its end: everything is looked at in
 * time, however long the list is.
 */
export function createWalk<T>(
  page: (after: Place | undefined) => Promise<readonly T[]>,
  options: { size: number; placeOf: (row: T) => Place },
): () => Promise<readonly T[]> {
  let after: Place | undefined;
  return async () => {
    const rows = await page(after);
    const last = rows.at(-1);
    after = last === undefined || rows.length < options.size ? undefined : options.placeOf(last);
    return rows;
  };
}

/** Does the work for each, a few at a time; the first failure stops it. */
export async function forEachFew<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
