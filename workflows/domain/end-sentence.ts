/** Words of others as the end of a sentence, which they may have ended themselves: one full stop, not two. Pure. */
export function endSentence(words: string): string {
  const trimmed = words.trimEnd();
  return /[.!?…][)”’"']*$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}
