/** PostgreSQL keeps neither NUL nor half a character. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/**
 * What may be shown of a text that is still being said: always a beginning of what it will be stored as, so without
 * blanks at its ends and without the first half of a character.
 */
export function storableSoFar(text: string): string {
  return storable(text.replace(/[\uD800-\uDBFF]$/, '')).trim();
}
