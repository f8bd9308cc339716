import { describe, expect, it } from 'vitest';
import { csvCell, csvLine } from '../../api/audit/csv.ts';

describe('csvCell', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['a;=1+1', '"a;=1+1"'],
    ['a\t=1+1', '"a\t=1+1"'],
    ['say "no"', '"say ""no"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['{"n":1}', '"{""n"":1}"'],
    ['2026-11-25T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
  ])('%j is %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it.each([
    '=HYPERLINK("http://evil")',
    '+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\u200b=1',
    '\ufeff+1',
    '＝1+1',
    '＠x',
    "=cmd|' /C calc'!A0",
  ])('%j is no formula', (text) => {
    expect(csvCell(text)).toMatch(/^"'/);
  });
});

it('a line ends as RFC 4180 has it', () => {
  expect(csvLine(['a', 'b c', '=1'])).toBe('a,b c,"\'=1"\r\n');
});
