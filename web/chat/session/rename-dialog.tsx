import { useId, useState, type SubmitEvent } from 'react';
import { errorText } from '../../lib/api-error.ts';
import { textLength } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { fieldClass } from '../../ui/field.ts';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useRename } from './conversation-commands.ts';

const longestTitle = 120;

/** Another name for a conversation. */
export function RenameDialog(props: { sessionId: string; title: string; onClose: () => void }) {
  const [title, setTitle] = useState(props.title);
  const rename = useRename(props.sessionId);
  const field = useId();
  const length = textLength(title, longestTitle);
  const ready = title.trim() !== '' && length.kind !== 'over';
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready) rename.mutate(title.trim(), { onSuccess: props.onClose });
  };
  return (
    <Modal title="Rename conversation" onClose={props.onClose}>
      <form onSubmit={submit} className="grid gap-3">
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            Name
          </label>
          <input
            id={field}
            data-initial-focus
            value={title}
            aria-invalid={length.kind === 'over'}
            aria-describedby={`${field}-length`}
            onChange={(event) => setTitle(event.target.value)}
            className={fieldClass}
          />
          <p id={`${field}-length`} role="status" className="text-xs text-bad empty:hidden">
            {length.kind === 'over' ? length.words : ''}
          </p>
        </div>
        {rename.isError && (
          <Notice tone="bad" role="alert">
            {errorText(rename.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={rename.isPending || !ready}>
            {rename.isPending ? 'Renaming…' : 'Rename'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
