const longest = 80;

/** An emoji with its joiners and selectors, or a character that shows as nothing, turns the reading direction or is an odd space. */
const emojiOrHidden = /\p{RGI_Emoji}|[\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]|[^\P{Zs} ]/gv;
const emoji = /^\p{RGI_Emoji}$/v;
const quotes = /(?!['’])\p{Quotation_Mark}|[\u02BA\u02DD\u02EE\u05F4\u2033\u2036\u275B-\u2760\u3003]/gu;
/** The blocks of scripts that are written from right to left. */
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * Names are a client's own words: what cannot be seen, or turns the reading direction, is shown as such, and what looks
 * like a closing quotation mark is none, as pages put names between those. A name that reads from right to left is
 * isolated, so that it does not reorder what stands around it. The one place where a name becomes fit to be shown.
 */
export function visibleName(name: string): string {
  const seen = name
    // Ours, where a name that was made fit comes back, as from the dialog that renames.
    .replace(/^\u2068(.*)\u2069$/su, '$1')
    .replace(emojiOrHidden, (found) => (emoji.test(found) ? found : '\u{FFFD}'))
    .replace(quotes, "'");
  const characters = [...new Intl.Segmenter('en').segment(seen)].map(({ segment }) => segment);
  const short = characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : seen;
  return rightToLeft.test(short) ? `\u2068${short}\u2069` : short;
}
