import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';
import { useDelete } from './conversation-commands.ts';

/** Deleting a conversation, with what that means; focus starts on the heading, never on the deed. */
export function DeleteDialog(props: {
  sessionId: string;
  title: string;
  waiting: boolean;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const remove = useDelete(props.sessionId, props.onDeleted);
  return (
    <Modal title="Delete this conversation?" onClose={props.onClose}>
      <div className="grid gap-3 text-sm">
        <p className="font-medium wrap-anywhere">
          <VisibleText text={props.title} />
        </p>
        <p>What was said in it is removed for good. This cannot be undone.</p>
        {props.waiting && (
          <p>
            <strong className="font-semibold">Something in it waits for a decision:</strong> the request is withdrawn,
            and what waits for it never runs.
          </p>
        )}
        <p className="text-muted">
          Requests, decisions and calls that were run stay in the audit log. A call that is running now is not undone.
        </p>
        {remove.isError && (
          <Notice tone="bad" role="alert">
            {errorText(remove.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={props.onClose}>Keep it</Button>
          <Button look="bad" disabled={remove.isPending} onClick={() => remove.mutate()}>
            {remove.isPending ? 'Deleting…' : 'Delete'}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
