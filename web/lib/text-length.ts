/** The longest reason, justification or comment that the server takes. */
export const longestWords = 2_000;

const count = (value: number): string => value.toLocaleString('en');

/** How the length of a text stands to its limit. Lengths are the server's: UTF-16 units of the trimmed text. Pure. */
export function textLength(
  text: string,
  longest: number,
  countedFrom = Math.floor(longest * 0.9),
): { kind: 'fine' } | { kind: 'near' | 'over'; words: string } {
  const length = text.trim().length;
  if (length <= longest) {
    return length < countedFrom
      ? { kind: 'fine' }
      : { kind: 'near', words: `${count(length)} of ${count(longest)} characters` };
  }
  const over = length - longest;
  return { kind: 'over', words: `${count(over)} ${over === 1 ? 'character' : 'characters'} too many` };
}

/** Whether the server would turn the text away for its length. Pure. */
export function isTooLong(text: string, longest = longestWords): boolean {
  return textLength(text, longest).kind === 'over';
}
