import { toVisiblePieces } from '../lib/visible-text.ts';

/** Text from elsewhere, with every hidden character shown as a marked escape. */
export function VisibleText({ text }: { text: string }) {
  return toVisiblePieces(text).map((piece, index) =>
    piece.hidden ? (
      <mark key={index} title="A hidden character" className="rounded bg-bad-soft px-0.5 font-mono text-bad">
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}
