import { VisibleText } from './visible-text.tsx';

/** Preformatted text from elsewhere; scrolls by itself, by keyboard too, and wraps only on request. */
export function CodeBlock(props: { text: string; label: string; wrap?: boolean }) {
  return (
    <pre
      role="region"
      tabIndex={0}
      aria-label={props.label}
      className={`max-h-96 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-[0.8125rem] leading-relaxed ${
        props.wrap === true ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre'
      }`}
    >
      <VisibleText text={props.text} />
    </pre>
  );
}
