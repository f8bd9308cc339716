import { describe, expect, it } from 'vitest';
import { visibleName } from '../../api/oauth/visible-name.ts';

describe('the name of a client, fit to be shown', () => {
  it.each(['Desk clerk', "Gehilfe 'Ü'", '書記', '⚙️ Builder', '🧑‍💻 Pair'])('keeps what is plain: %s', (name) => {
    expect(visibleName(name)).toBe(name);
  });
  it.each([
    ['turns the reading direction', 'a\u202Egnp.exe', 'a\uFFFDgnp.exe'],
    ['isolates what follows', 'a\u2067b', 'a\uFFFDb'],
    ['shows as nothing', 'Count\u200Bersign', 'Count\uFFFDersign'],
    ['joins no emoji', 'a\u200Db', 'a\uFFFDb'],
    ['is a control character', 'a\u0007\nb', 'a\uFFFD\uFFFDb'],
    ['is an odd space', 'a\u3000b', 'a\uFFFDb'],
    ['ends the quotation', 'a” is verified “b', "a' is verified 'b"],
  ])('shows that something %s', (_what, name, shown) => {
    expect(visibleName(name)).toBe(shown);
  });
  it('isolates what reads from right to left, once', () => {
    expect(visibleName('שלום')).toBe('\u2068שלום\u2069');
    expect(visibleName(visibleName('שלום'))).toBe('\u2068שלום\u2069');
    expect(visibleName('ab\u2069c')).toBe('ab\uFFFDc');
  });
  it.each([
    ['Nguyễn Đặng', 'Nguyễn Đặng'.normalize('NFD')],
    ['क्षत्रिय', 'क्षत्रिय'],
    ['བསྒྲུབས', 'བསྒྲུབས'],
    ['🏴‍☠️ 👁️‍🗨️', '🏴‍☠️ 👁️‍🗨️'],
  ])('keeps the marks that are written on one letter: %s', (_what, name) => {
    expect(visibleName(name)).toBe(name);
  });
  it('keeps no more than three marks on one letter', () => {
    expect(visibleName(`Ac${'\u0300'.repeat(3)}me`)).toBe(`Ac${'\u0300'.repeat(3)}me`);
    const shown = visibleName(`Ac${'\u0300\u0323'.repeat(40)}me`);
    expect(shown).toBe('Ac\u0300\u0323\u0300\uFFFDme');
    expect(visibleName(shown)).toBe(shown);
    // Whatever extends a letter counts: skin tones and half-width marks too.
    expect(visibleName(`a${'\u{1F3FB}\uFF9E\u0300'.repeat(9)}b`)).toBe('a\u{1F3FB}\uFF9E\u0300\uFFFDb');
  });
  it('is cut after 160 code points, however few letters they are', () => {
    // One letter to the segmenter.
    for (const name of ['\u1100'.repeat(190), 'a\u0300\u0301\u0302'.repeat(60)]) {
      const shown = visibleName(name);
      expect([...shown].length).toBeLessThanOrEqual(160);
      expect(shown.endsWith('…')).toBe(true);
      expect(visibleName(shown)).toBe(shown);
    }
    expect(visibleName('a\u0300'.repeat(80))).toBe('a\u0300'.repeat(80));
  });
  it('says that it was longer', () => {
    expect(visibleName('x'.repeat(80))).toBe('x'.repeat(80));
    expect(visibleName('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  });
});
