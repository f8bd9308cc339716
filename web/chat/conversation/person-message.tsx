import { VisibleText } from '../../ui/visible-text.tsx';

/** What the person wrote, as written. */
export function PersonMessage({ text }: { text: string }) {
  return (
    <div className="flex justify-end">
      <div className="max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 wrap-anywhere whitespace-pre-wrap text-ink">
        <span className="sr-only">You: </span>
        <VisibleText text={text} />
      </div>
    </div>
  );
}
