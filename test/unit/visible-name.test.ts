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
  it('says that it was longer', () => {
    expect(visibleName('x'.repeat(80))).toBe('x'.repeat(80));
    expect(visibleName('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  });
});
