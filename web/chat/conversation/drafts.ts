import { textLength } from '../../lib/text-length.ts';

const prefix = 'countersign-draft:';

/** The longest message the server takes. */
export const longestMessage = 10_000;
/** From here on the composer counts. */
export const countedFrom = 9_000;

/** How a message's length stands. Pure. */
export function lengthOf(text: string): ReturnType<typeof textLength> {
  const length = textLength(text, longestMessage, countedFrom);
  if (length.kind !== 'over') return length;
  return { ...length, words: `${length.words}: shorten the message, or send it in parts. Nothing was cut off.` };
}

/** What was typed and not sent, kept for this tab until it is closed. */
export function readDraft(of: string): string {
  try {
    return sessionStorage.getItem(prefix + of) ?? '';
  } catch {
    return ''; // Storage is off.
  }
}

/** Keeps what is typed; nothing when it is empty. */
export function keepDraft(of: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(prefix + of);
    else sessionStorage.setItem(prefix + of, text);
  } catch {
    // Storage is off or full: the text stays in the page.
  }
}

/** Forgets every draft: somebody else may sign in next. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
  } catch {
    // Storage is off.
  }
}
