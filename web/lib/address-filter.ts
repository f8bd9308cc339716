const longest = 320;

/** The named parts of an address's search that say something. Pure. */
export function readSearch<Name extends string>(search: string, names: readonly Name[]): { [N in Name]?: string } {
  const given = new URLSearchParams(search);
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = given.get(name)?.trim().slice(0, longest);
    if (value !== undefined && value !== '') found[name] = value;
  }
  return found;
}

/** The search with these parts changed, with its question mark, or empty; undefined takes a part away. Pure. */
export function changeSearch(search: string, change: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value.trim() === '') query.delete(name);
    else query.set(name, value.trim());
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * The moment at which a day of the reader's calendar begins, as the server takes it; undefined for what is no day. Pure.
 *
 * @param day such as `2026-11-25`, and how many days later
 */
export function startOfLocalDay(day: string | undefined, later = 0): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '');
  if (parts === null) return undefined;
  const [year, month, date] = parts.slice(1).map(Number);
  const at = new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
