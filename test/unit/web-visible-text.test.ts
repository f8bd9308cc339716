import { describe, expect, it } from 'vitest';
import { toVisiblePieces } from '../../web/lib/visible-text.ts';

const shown = (text: string): string =>
  toVisiblePieces(text)
    .map((piece) => piece.text)
    .join('');

describe('toVisiblePieces', () => {
  it.each([
    ['a right-to-left override', 'cat a\u202Etxt.exe', 'cat a\\u{202e}txt.exe'],
    ['a zero-width space', 'rm\u200B -rf', 'rm\\u{200b} -rf'],
    ['an isolate', 'a\u2066b', 'a\\u{2066}b'],
    ['a terminal escape', '\u001B[31mred', '\\u{1b}[31mred'],
    ['a carriage return that overwrites its line', 'safe\revil', 'safe\\u{d}evil'],
    ['a no-break space', 'a\u00A0b', 'a\\u{a0}b'],
    ['a variation selector outside Cf', 'a\u{E0100}b', 'a\\u{e0100}b'],
    ['a tag character', 'a\u{E0041}b', 'a\\u{e0041}b'],
    ['a Hangul filler', 'a\u3164b', 'a\\u{3164}b'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('escapes %s', (_name, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('leaves ordinary text, line feeds, tabs and Windows line ends alone', () => {
    expect(toVisiblePieces('Grüße, 世界\n\tend')).toEqual([{ text: 'Grüße, 世界\n\tend', hidden: false }]);
    expect(shown('a\r\nb')).toBe('a\nb');
    expect(toVisiblePieces('')).toEqual([]);
  });

  it('marks what was hidden', () => {
    expect(toVisiblePieces('a\u200Bb')).toEqual([
      { text: 'a', hidden: false },
      { text: '\\u{200b}', hidden: true },
      { text: 'b', hidden: false },
    ]);
  });
});
