/** A stretch of a paragraph. */
export interface InlinePart {
  type: 'text' | 'code' | 'strong';
  text: string;
}

/** A block of a reply. */
export type ReplyBlock =
  | { type: 'code'; language: string; text: string }
  | { type: 'paragraph'; parts: InlinePart[] }
  | { type: 'list'; items: InlinePart[][] };

const fence = /^(`{3,})([\w+-]*)\s*$/;
const listItem = /^\s*[-*]\s+(.*)$/;
const inline = /`([^`\n]+)`|\*\*([^*\n]+)\*\*/g;

/**
 * Reads the small part of Markdown that replies use: fenced code, inline code, bold, lists, paragraphs. All else stays
 * text; HTML, images and links never come from a model's words.
 */
export function parseReply(source: string): ReplyBlock[] {
  const blocks: ReplyBlock[] = [];
  let paragraph: string[] = [];
  let items: InlinePart[][] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ type: 'paragraph', parts: parseInline(paragraph.join('\n')) });
    if (items.length > 0) blocks.push({ type: 'list', items });
    paragraph = [];
    items = [];
  };
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const opening = fence.exec(line);
    if (opening !== null) {
      flush();
      const marks = opening[1] ?? '```';
      const end = lines.findIndex((candidate, at) => at > index && closes(candidate, marks));
      // A fence that is never closed runs to the end.
      const stop = end === -1 ? lines.length : end;
      blocks.push({ type: 'code', language: opening[2] ?? '', text: lines.slice(index + 1, stop).join('\n') });
      index = stop;
      continue;
    }
    const item = listItem.exec(line);
    if (item !== null && paragraph.length === 0) items.push(parseInline(item[1] ?? ''));
    else if (line.trim() === '') flush();
    else {
      if (items.length > 0) flush();
      paragraph.push(line);
    }
  }
  flush();
  return blocks;
}

function closes(line: string, marks: string): boolean {
  const trimmed = line.trimEnd();
  return trimmed.length >= marks.length && /^`+$/.test(trimmed);
}

function parseInline(text: string): InlinePart[] {
  const parts: InlinePart[] = [];
  let position = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > position) parts.push({ type: 'text', text: text.slice(position, match.index) });
    if (match[1] !== undefined) parts.push({ type: 'code', text: match[1] });
    else parts.push({ type: 'strong', text: match[2] ?? '' });
    position = match.index + match[0].length;
  }
  if (position < text.length) parts.push({ type: 'text', text: text.slice(position) });
  return parts;
}
