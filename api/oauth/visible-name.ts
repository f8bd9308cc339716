/** As people count characters. */
const longest = 80;
/** Code points: what people see as one character can be made of any number of them. */
const mostPoints = 160;

/** An emoji with its joiners and selectors, or a character that shows as nothing, turns the reading direction or is an odd space. */
const emojiOrHidden = /\p{RGI_Emoji}|[\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]|[^\P{Zs} ]/gv;
const emoji = /^\p{RGI_Emoji}$/v;
const quotes = /(?!['’])\p{Quotation_Mark}|[\u02BA\u02DD\u02EE\u05F4\u2033\u2036\u275B-\u2760\u3003]/gu;
/** Marks pile up over the lines around a name; names are written with three on a letter at most. */
const piledMarks = /([\p{M}\p{Grapheme_Extend}\p{Emoji_Modifier}]{3})[\p{M}\p{Grapheme_Extend}\p{Emoji_Modifier}]+/gu;
/** The blocks of scripts that are written from right to left. */
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * Names are a client's own words: what cannot be seen, or turns the reading direction, is shown as such, and what looks
 * like a closing quotation mark is none, as pages put names between those; marks do not pile up. A name that reads from right to left is
 * isolated, so that it does not reorder what stands around it. The one place where a name becomes fit to be shown.
 */
export function visibleName(name: string): string {
  const seen = name
    // Ours, where a name that was made fit comes back, as from the dialog that renames.
    .replace(/^\u2068(.*)\u2069$/su, '$1')
    .replace(emojiOrHidden, (found) => (emoji.test(found) ? found : '\u{FFFD}'))
    .replace(piledMarks, '$1\u{FFFD}')
    .replace(quotes, "'");
  const short = shortened(seen);
  return rightToLeft.test(short) ? `\u2068${short}\u2069` : short;
}

/** Cut between characters, as people count them, where the first is not too long by itself. */
function shortened(name: string): string {
  const characters = [...new Intl.Segmenter('en').segment(name)].map(({ segment }) => segment);
  const points = [...name];
  if (characters.length <= longest && points.length <= mostPoints) return name;
  let [kept, length] = ['', 0];
  for (const character of characters.slice(0, longest - 1)) {
    length += [...character].length;
    if (length >= mostPoints) break;
    kept += character;
  }
  return `${kept === '' ? points.slice(0, mostPoints - 1).join('') : kept}…`;
}
