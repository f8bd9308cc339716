import { Lexer, type Token, type Tokens } from 'marked';

/** A stretch of a line. */
export type Inline =
  | { type: 'text' | 'code'; text: string }
  | { type: 'strong' | 'em' | 'del'; children: Inline[] }
  /** `leadsTo` where the words of the link do not say it themselves. */
  | { type: 'link'; href: string; leadsTo: string | undefined; children: Inline[] }
  | { type: 'break' };

/** A block of a text. */
export type Block =
  | { type: 'paragraph'; children: Inline[] }
  | { type: 'heading'; level: number; children: Inline[] }
  | { type: 'code'; text: string }
  | { type: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { type: 'quote'; blocks: Block[] }
  | { type: 'table'; header: Inline[][]; rows: Inline[][][] }
  | { type: 'rule' };

/** Nested deeper than this, a text stays as it was written: nobody writes so, and stacks end. */
const deepest = 12;
const tooDeep = new RegExp(`^[ \\t]*(?:>[ \\t]*|(?:[-*+]|\\d+[.)])[ \\t]+){${deepest},}`, 'm');

/**
 * Reads a model's Markdown. HTML and images stay text, links lead to the web or to a mailbox or nowhere: what a model
 * says may have been written by somebody else.
 */
export function readMarkdown(source: string): Block[] {
  if (tooDeep.test(source)) return [asWritten(source)];
  try {
    return blocksOf(new Lexer({ gfm: true, breaks: true }).lex(source), 0);
  } catch {
    return [asWritten(source)];
  }
}

const asWritten = (text: string): Block => ({ type: 'paragraph', children: [{ type: 'text', text }] });

function blocksOf(tokens: readonly Token[], depth: number): Block[] {
  return tokens.flatMap((token): Block[] => {
    if (depth > deepest) return [asWritten(token.raw)];
    switch (token.type) {
      case 'space':
      case 'def':
        return [];
      case 'hr':
        return [{ type: 'rule' }];
      case 'code':
        return [{ type: 'code', text: (token as Tokens.Code).text.replace(/\n+$/, '') }];
      case 'heading':
        return [{ type: 'heading', level: (token as Tokens.Heading).depth, children: inlineOf(token.tokens, depth) }];
      case 'blockquote':
        return [{ type: 'quote', blocks: blocksOf(token.tokens ?? [], depth + 1) }];
      case 'list':
        return [listOf(token as Tokens.List, depth)];
      case 'table':
        return [tableOf(token as Tokens.Table, depth)];
      case 'paragraph':
      case 'text':
        return [{ type: 'paragraph', children: inlineOf(token.tokens ?? [token], depth) }];
      default:
        return [asWritten(token.raw.trimEnd())];
    }
  });
}

function listOf(list: Tokens.List, depth: number): Block {
  return {
    type: 'list',
    ordered: list.ordered,
    start: list.start === '' ? 1 : list.start,
    items: list.items.map((item) => {
      const blocks = blocksOf(
        item.tokens.filter(({ type }) => type !== 'checkbox'),
        depth + 1,
      );
      if (!item.task) return blocks;
      return [{ type: 'paragraph', children: [{ type: 'text', text: item.checked === true ? '☑' : '☐' }] }, ...blocks];
    }),
  };
}

function tableOf(table: Tokens.Table, depth: number): Block {
  return {
    type: 'table',
    header: table.header.map((cell) => inlineOf(cell.tokens, depth)),
    rows: table.rows.map((row) => row.map((cell) => inlineOf(cell.tokens, depth))),
  };
}

function inlineOf(tokens: readonly Token[] | undefined, depth: number): Inline[] {
  return (tokens ?? []).flatMap((token): Inline[] => {
    if (depth > deepest) return [{ type: 'text', text: token.raw }];
    switch (token.type) {
      case 'br':
        return [{ type: 'break' }];
      case 'codespan':
        return [{ type: 'code', text: (token as Tokens.Codespan).text }];
      case 'strong':
      case 'em':
      case 'del':
        return [{ type: token.type, children: inlineOf(token.tokens, depth + 1) }];
      case 'link':
        return linkOf(token as Tokens.Link, depth);
      case 'text':
      case 'escape':
        return 'tokens' in token && token.tokens !== undefined
          ? inlineOf(token.tokens, depth + 1)
          : [{ type: 'text', text: (token as Tokens.Text).text }];
      default:
        // HTML, images and whatever else there may come to be.
        return [{ type: 'text', text: token.raw }];
    }
  });
}

function linkOf(link: Tokens.Link, depth: number): Inline[] {
  const href = safeHref(link.href);
  if (href === undefined) return [{ type: 'text', text: link.raw }];
  const named = link.text === link.href || `mailto:${link.text}` === link.href || `http://${link.text}` === link.href;
  const leadsTo = href.protocol === 'mailto:' ? href.pathname : href.host;
  return [
    {
      type: 'link',
      href: href.href,
      leadsTo: named ? undefined : leadsTo,
      children: inlineOf(link.tokens, depth + 1),
    },
  ];
}

/** Addresses on the web and of mailboxes, whole ones; nothing that runs, and nothing of our own pages. */
function safeHref(href: string): URL | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url : undefined;
}
