import { CopyButton } from './copy-button.tsx';
import { VisibleText } from './visible-text.tsx';

/** Preformatted text from elsewhere; scrolls by itself, by keyboard too, and wraps only on request. */
export function CodeBlock(props: { text: string; label: string; wrap?: boolean; copyable?: boolean }) {
  const block = (
    <pre
      role="region"
      tabIndex={0}
      aria-label={props.label}
      className={`max-h-96 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-[0.8125rem] leading-relaxed ${
        props.copyable === true ? 'pr-14' : ''
      } ${props.wrap === true ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre'}`}
    >
      <VisibleText text={props.text} />
    </pre>
  );
  if (props.copyable !== true) return block;
  return (
    <div className="relative min-w-0">
      {block}
      <CopyButton text={props.text} label={`Copy: ${props.label}`} className="absolute top-1 right-1 bg-sunken" />
    </div>
  );
}
