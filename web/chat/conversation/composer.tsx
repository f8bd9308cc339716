import { useEffect, useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react';
import { ArrowUp, Square } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { keepDraft, lengthOf, readDraft } from './drafts.ts';

/** Where messages are written. Enter sends, Shift+Enter starts a line; what is typed survives a reload. */
export function Composer(props: {
  draftOf: string;
  /** The agent works, so that there is something to stop. */
  underWay: boolean;
  stop: { available: boolean; stopping: boolean; run: () => void };
  onSend: (text: string) => void;
}) {
  const { draftOf, underWay, stop } = props;
  const [text, setText] = useState(() => readDraft(draftOf));
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // A phone would open its keyboard over the conversation.
    if (!matchMedia('(pointer: coarse)').matches) field.current?.focus();
  }, []);
  const length = lengthOf(text);
  const change = (value: string): void => {
    setText(value);
    keepDraft(draftOf, value);
  };
  const send = (): void => {
    const message = text.trim();
    if (message === '' || underWay || length.kind === 'over') return;
    change('');
    props.onSend(message);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    send();
  };
  return (
    <form
      onSubmit={onSubmit}
      className="mx-auto w-full max-w-3xl shrink-0 px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))]"
    >
      <div className="flex items-end gap-2 rounded-2xl border border-line-strong bg-surface p-2 focus-within:border-accent focus-within:outline-1 focus-within:outline-accent">
        <label htmlFor="message" className="sr-only">
          Message to the agent
        </label>
        <textarea
          ref={field}
          id="message"
          rows={1}
          value={text}
          placeholder="Message the agent"
          aria-describedby="message-hint message-length"
          aria-invalid={length.kind === 'over'}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-40 min-h-10 min-w-0 flex-1 resize-none bg-transparent px-2 py-2 text-base outline-none placeholder:text-muted sm:text-sm"
        />
        {underWay ? (
          <Button aria-label="Stop" title="Stop" disabled={!stop.available || stop.stopping} onClick={stop.run}>
            <Square aria-hidden className="fill-current" />
          </Button>
        ) : (
          <Button
            type="submit"
            look="primary"
            aria-label="Send"
            title="Send"
            disabled={text.trim() === '' || length.kind === 'over'}
          >
            <ArrowUp aria-hidden />
          </Button>
        )}
      </div>
      <div className="mt-1 flex flex-wrap justify-between gap-x-4 px-2 text-xs text-muted">
        <p id="message-hint" className={underWay || stop.stopping ? '' : 'pointer-coarse:hidden'}>
          {stop.stopping
            ? 'Stopping…'
            : underWay
              ? 'The agent is working. You can write on; sending waits until it has answered.'
              : 'Enter sends, Shift+Enter starts a new line'}
        </p>
        <p id="message-length" role="status" className={length.kind === 'over' ? 'font-medium text-bad' : ''}>
          {length.kind === 'fine' ? '' : length.words}
        </p>
      </div>
    </form>
  );
}
