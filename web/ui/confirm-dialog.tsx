import { useId, useRef, useState, type ReactNode, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { errorText } from '../lib/api-error.ts';
import { isTooLong } from '../lib/text-length.ts';
import { Button, type ButtonLook } from './button.tsx';
import { fieldClass } from './field.ts';
import { Modal } from './modal.tsx';
import { Notice } from './notice.tsx';
import { WordsArea } from './words-area.tsx';

/** The server's limit for reasons of what is confirmed here. */
const longestReason = 500;

/**
 * Asks once more before something that reaches far, with a reason where there is one to give. Nothing that commits has
 * the focus.
 */
export function ConfirmDialog(props: {
  title: string;
  /** What it means. */
  children: ReactNode;
  reason?: 'optional' | 'required';
  /** Has to be typed before it goes on. */
  typed?: string | undefined;
  action: string;
  pending: string;
  look?: ButtonLook;
  onConfirm: (reason: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [reasonId, typedId] = [useId(), useId()];
  const sent = useRef(false);
  const confirm = useMutation({
    mutationFn: () => props.onConfirm(reason.trim()),
    onSuccess: props.onClose,
    onError: () => (sent.current = false),
  });
  const ready =
    !isTooLong(reason, longestReason) &&
    (props.reason !== 'required' || reason.trim() !== '') &&
    (props.typed === undefined || typed.trim() === props.typed);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // A double click comes before the button is drawn as disabled.
    if (!ready || sent.current) return;
    sent.current = true;
    confirm.mutate();
  };
  return (
    <Modal title={props.title} onClose={props.onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <div className="grid gap-2 text-sm wrap-anywhere">{props.children}</div>
        {props.reason !== undefined && (
          <div className="grid gap-1">
            <label htmlFor={reasonId} className="text-sm font-medium">
              Reason {props.reason === 'optional' && <span className="font-normal text-muted">(optional)</span>}
            </label>
            <WordsArea
              id={reasonId}
              focused
              longest={longestReason}
              required={props.reason === 'required'}
              value={reason}
              onChange={setReason}
            />
          </div>
        )}
        {props.typed !== undefined && (
          <div className="grid gap-1">
            <label htmlFor={typedId} className="text-sm font-medium">
              Type <code className="font-mono">{props.typed}</code> to go on
            </label>
            <input
              id={typedId}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              className={fieldClass}
            />
          </div>
        )}
        {confirm.isError && (
          <Notice tone="bad" role="alert">
            {errorText(confirm.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={props.onClose}>Leave it</Button>
          <Button type="submit" look={props.look ?? 'bad'} disabled={!ready || confirm.isPending}>
            {confirm.isPending ? props.pending : props.action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
