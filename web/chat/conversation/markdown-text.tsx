import { CodeBlock } from '../../ui/code-block.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { readMarkdown, type Block, type Inline } from './markdown.ts';

/** What the agent says, read as Markdown and made of elements: no HTML of anybody else's comes into the page. */
export function MarkdownText({ text }: { text: string }) {
  return (
    <div className="grid min-w-0 gap-3 wrap-anywhere">
      <Blocks blocks={readMarkdown(text)} />
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block, index) => <BlockView key={index} block={block} />);
}

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case 'paragraph':
      return (
        <p>
          <Inlines parts={block.children} />
        </p>
      );
    case 'heading':
      // The page has headings of its own; a reply's come below them.
      return (
        <div role="heading" aria-level={Math.min(block.level + 2, 6)} className="font-semibold">
          <Inlines parts={block.children} />
        </div>
      );
    case 'code':
      return <CodeBlock text={block.text} label="Quoted output" copyable />;
    case 'list': {
      const items = block.items.map((item, index) => (
        <li key={index} className="pl-1">
          <div className="grid gap-1">
            <Blocks blocks={item} />
          </div>
        </li>
      ));
      return block.ordered ? (
        <ol start={block.start} className="list-decimal space-y-1 pl-6">
          {items}
        </ol>
      ) : (
        <ul className="list-disc space-y-1 pl-5">{items}</ul>
      );
    }
    case 'quote':
      return (
        <blockquote className="grid gap-2 border-l-2 border-line-strong pl-3 text-muted">
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'table':
      return <TableView header={block.header} rows={block.rows} />;
    case 'rule':
      return <hr className="border-line" />;
  }
}

function TableView({ header, rows }: { header: readonly Inline[][]; rows: readonly Inline[][][] }) {
  return (
    <div role="region" aria-label="Table" tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full text-left text-sm">
        <thead className="bg-sunken">
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col" className="px-3 py-1.5 font-semibold">
                <Inlines parts={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-t border-line">
              {row.map((cell, column) => (
                <td key={column} className="px-3 py-1.5 align-top">
                  <Inlines parts={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inlines({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, index) => <InlineView key={index} part={part} />);
}

function InlineView({ part }: { part: Inline }) {
  switch (part.type) {
    case 'text':
      return <VisibleText text={part.text} />;
    case 'break':
      return <br />;
    case 'code':
      return (
        <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.875em]">
          <VisibleText text={part.text} />
        </code>
      );
    case 'strong':
      return (
        <strong className="font-semibold">
          <Inlines parts={part.children} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inlines parts={part.children} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Inlines parts={part.children} />
        </del>
      );
    case 'link':
      return (
        <a
          href={part.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-accent underline underline-offset-2"
        >
          <Inlines parts={part.children} />
          {/* Words can say one thing and lead to another. */}
          {part.leadsTo !== undefined && (
            <span className="text-muted">
              {' '}
              (<VisibleText text={part.leadsTo} />)
            </span>
          )}
        </a>
      );
  }
}
