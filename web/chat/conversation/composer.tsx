import { useEffect, useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react';
import { ArrowUp } from 'lucide-react';
import { Button } from '../../ui/button.tsx';

/** Where messages are written. Enter sends, Shift+Enter starts a line; it stays usable while a call waits. */
export function Composer(props: { sending: boolean; onSend: (text: string) => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // A phone would open its keyboard over the conversation.
    if (!matchMedia('(pointer: coarse)').matches) field.current?.focus();
  }, []);
  const send = (): void => {
    const message = text.trim();
    if (message === '' || props.sending) return;
    props.onSend(message);
    setText('');
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
          maxLength={10_000}
          value={text}
          placeholder="Message the agent"
          aria-describedby="message-hint"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-40 min-h-10 flex-1 resize-none bg-transparent px-2 py-2 text-base outline-none placeholder:text-muted sm:text-sm"
        />
        <Button type="submit" look="primary" aria-label="Send" disabled={props.sending || text.trim() === ''}>
          <ArrowUp aria-hidden />
        </Button>
      </div>
      <p id="message-hint" className="mt-1 px-2 text-xs text-muted">
        {props.sending ? 'The agent is working on your message…' : 'Enter sends, Shift+Enter starts a new line'}
      </p>
    </form>
  );
}
