/** Whether what has the focus wants the keys for itself: text is being typed, or a dialog is open. */
export function takesKeys(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  // A ticked box has no use for letters.
  const typing = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';
  return target instanceof Element && target.closest(typing) !== null;
}
