import { VisibleText } from '../../ui/visible-text.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { parseReply, type InlinePart } from './parse-reply.ts';

/** A reply's words, with its code set apart. */
export function ReplyText({ text }: { text: string }) {
  return (
    <div className="grid min-w-0 gap-3 wrap-anywhere">
      {parseReply(text).map((block, index) => {
        switch (block.type) {
          case 'code':
            return <CodeBlock key={index} text={block.text} label="Quoted output" />;
          case 'list':
            return (
              <ul key={index} className="list-disc space-y-1 pl-5">
                {block.items.map((parts, item) => (
                  <li key={item}>
                    <Inline parts={parts} />
                  </li>
                ))}
              </ul>
            );
          case 'paragraph':
            return (
              <p key={index} className="whitespace-pre-wrap">
                <Inline parts={block.parts} />
              </p>
            );
        }
      })}
    </div>
  );
}

function Inline({ parts }: { parts: readonly InlinePart[] }) {
  return parts.map((part, index) => {
    switch (part.type) {
      case 'code':
        return (
          <code key={index} className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.875em]">
            <VisibleText text={part.text} />
          </code>
        );
      case 'strong':
        return (
          <strong key={index}>
            <VisibleText text={part.text} />
          </strong>
        );
      case 'text':
        return <VisibleText key={index} text={part.text} />;
    }
  });
}
