import { describe, expect, it } from 'vitest';
import { readMarkdown, type Block, type Inline } from '../../web/chat/conversation/markdown.ts';

const paragraph = (...children: Inline[]): Block => ({ type: 'paragraph', children });
const text = (words: string): Inline => ({ type: 'text', text: words });

/** Everything that would be shown as words. */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join('');
  if (typeof value !== 'object' || value === null) return '';
  const own = 'text' in value && typeof value.text === 'string' ? value.text : '';
  return own + Object.values(value).map(wordsOf).join('');
}

describe('a model’s Markdown', () => {
  it('sets fenced code apart as it is, and quoted output closes no longer fence', () => {
    expect(readMarkdown('Here:\n\n```text\n<b>x</b>\n  - y\n\n```\nDone.')).toEqual([
      paragraph(text('Here:')),
      { type: 'code', text: '<b>x</b>\n  - y' },
      paragraph(text('Done.')),
    ]);
    expect(readMarkdown('````\n```\nstill quoted\n````')).toEqual([{ type: 'code', text: '```\nstill quoted' }]);
    expect(readMarkdown('```\nhalf')).toEqual([{ type: 'code', text: 'half' }]);
  });

  it('knows code, emphasis, lists, headings, quotes and tables', () => {
    expect(readMarkdown('Use `a*b` and **c**.\n\n- one\n- `two`')).toEqual([
      paragraph(
        text('Use '),
        { type: 'code', text: 'a*b' },
        text(' and '),
        { type: 'strong', children: [text('c')] },
        text('.'),
      ),
      {
        type: 'list',
        ordered: false,
        start: 1,
        items: [[paragraph(text('one'))], [paragraph({ type: 'code', text: 'two' })]],
      },
    ]);
    expect(readMarkdown('## H\n\n> q\n\n|a|b|\n|-|-|\n|1|2|\n\n---').map(({ type }) => type)).toEqual([
      ...['heading', 'quote', 'table', 'rule'],
    ]);
    expect(readMarkdown('a\n\n--------------------\n\nb').map(({ type }) => type)).toEqual([
      ...['paragraph', 'rule', 'paragraph'],
    ]);
    expect(readMarkdown('3. three\n4. four')).toMatchObject([{ type: 'list', ordered: true, start: 3 }]);
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '![picture](https://evil.example/track.png)',
    '[click](javascript:alert(1))',
    '[click](JaVaScRiPt:alert(1))',
    '[click](data:text/html,x)',
    '[click](//evil.example)',
    '[click](/auth/sign-out)',
    '[click](vbscript:x)',
  ])('leaves %s as it was written', (harmful) => {
    const blocks = readMarkdown(harmful);
    expect(wordsOf(blocks)).toBe(harmful);
    expect(JSON.stringify(blocks)).not.toContain('"href"');
  });

  it('says where a link leads when its words do not', () => {
    expect(readMarkdown('[your bank](https://evil.example/x)')).toEqual([
      paragraph({
        type: 'link',
        href: 'https://evil.example/x',
        leadsTo: 'evil.example',
        children: [text('your bank')],
      }),
    ]);
    const [plain] = readMarkdown('See https://example.com/a and a@example.com');
    expect(JSON.stringify(plain)).toContain('"href":"mailto:a@example.com"');
    expect(JSON.stringify(plain)).not.toContain('leadsTo":"');
    // A name in another script is shown as what it is.
    expect(JSON.stringify(readMarkdown('[x](https://\u0440ypal.example)'))).toContain('xn--');
  });

  it.each([
    '>'.repeat(5_000),
    '- '.repeat(5_000),
    `${'*'.repeat(10_000)}a`,
    '['.repeat(10_000),
    `a${'`'.repeat(9_999)}`,
  ])('is not brought down by a deep or odd text', (odd) => {
    const began = performance.now();
    expect(wordsOf(readMarkdown(odd)).length).toBeGreaterThan(0);
    // Far from the minutes that a text can take that is read backwards and forwards.
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
