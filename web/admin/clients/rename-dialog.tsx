import { useId, useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { fieldClass } from '../../ui/field.ts';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';

/** Gives a client the name that people here know it by. */
export function RenameDialog(props: { name: string; onRename: (name: string) => Promise<void>; onClose: () => void }) {
  const [name, setName] = useState(props.name);
  const field = useId();
  const rename = useMutation({ mutationFn: () => props.onRename(name.trim()), onSuccess: props.onClose });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() !== '' && !rename.isPending) rename.mutate();
  };
  return (
    <Modal title="Rename the client" onClose={props.onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            Name
          </label>
          <input
            id={field}
            aria-describedby={`${field}-hint`}
            data-initial-focus
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
            className={fieldClass}
          />
          <p id={`${field}-hint`} className="text-sm text-muted">
            Name a client only when you know whose it is. From then on it counts as verified: people are shown this
            name, and what the policy grants them at once it gets without asking them, high and critical risk too.
          </p>
        </div>
        {rename.isError && (
          <Notice tone="bad" role="alert">
            {errorText(rename.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={props.onClose}>Leave it</Button>
          <Button type="submit" look="primary" disabled={name.trim() === '' || rename.isPending}>
            {rename.isPending ? 'Renaming…' : 'Rename'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
