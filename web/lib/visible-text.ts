/** A stretch of text as it is, or one hidden character shown as an escape. */
export interface TextPiece {
  text: string;
  hidden: boolean;
}

/**
 * Characters that show as nothing or that change how their neighbours look: control and format characters, bidi
 * controls, zero-width and other default-ignorable ones (Cf alone misses U+E0100), odd spaces, lone surrogates. Line
 * feeds and tabs are layout, not secrets.
 */
const hiddenCharacter =
  /[^\P{Cc}\n\t]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]|[^\P{Zs} ]/gu;

/** Splits text so that what would hide can be shown as `\u{202e}`: an approver must see what will really run. */
export function toVisiblePieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  const normalised = text.replaceAll('\r\n', '\n');
  let position = 0;
  for (const match of normalised.matchAll(hiddenCharacter)) {
    if (match.index > position) pieces.push({ text: normalised.slice(position, match.index), hidden: false });
    pieces.push({ text: `\\u{${(match[0].codePointAt(0) ?? 0).toString(16)}}`, hidden: true });
    position = match.index + match[0].length;
  }
  if (position < normalised.length) pieces.push({ text: normalised.slice(position), hidden: false });
  return pieces;
}
