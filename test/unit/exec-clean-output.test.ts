import { expect, it } from 'vitest';
import { cleanOutput } from '../../mcp-server/exec/clean-output.ts';

it.each([
  ['plain\n\ttext ü\n', 'plain\n\ttext ü\n'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['bell\u0007 and \u009b31m', 'bell and 31m'],
  ['windows\r\nline', 'windows\nline'],
  ['over\rwritten', 'overwritten'],
  ['hidden \u202egnp.exe', 'hidden gnp.exe'],
])('%j', (raw, clean) => {
  expect(cleanOutput(Buffer.from(raw))).toBe(clean);
});

it('replaces what is not UTF-8', () => {
  expect(cleanOutput(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb');
});
