/** What a tool answered, as text: a single text as it is, anything else as JSON. Pure. */
export function resultText(result: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(result);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && typeof first[1] === 'string') return first[1];
  return JSON.stringify(result, null, 2);
}
