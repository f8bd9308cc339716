/** What of a key press tells which key it was. */
export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
}

/**
 * The name of a key as shortcuts have it: `j`, `Shift+x`, `/`, `Escape`. None for chords with other modifiers, which
 * belong to the browser, nor for a held key that repeats: one press, one action.
 */
export function keyName(press: KeyPress): string | undefined {
  if (press.repeat || press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const letter = /^\p{L}$/u.test(press.key);
  if (!letter) return press.key;
  return press.shiftKey ? `Shift+${press.key.toLowerCase()}` : press.key.toLowerCase();
}
