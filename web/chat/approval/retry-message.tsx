import { RotateCw } from 'lucide-react';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { useRetryMessage } from './commands.ts';
import type { MessageTarget } from './message-target.ts';

/** The person's own wish to have a message tried again. */
export function RetryMessage({ target }: { target: MessageTarget }) {
  const retry = useRetryMessage(target);
  return (
    <div className="grid gap-2">
      <div>
        <Button disabled={retry.isPending} onClick={() => retry.mutate()}>
          <RotateCw aria-hidden /> {retry.isPending ? 'Trying…' : 'Retry message'}
        </Button>
      </div>
      {retry.isError && (
        <Notice tone="bad" role="alert">
          {errorText(retry.error)}
        </Notice>
      )}
    </div>
  );
}

/** The same among other buttons, while a request waits: a try goes through only when the permission is there by now. */
export function RetryMessageButton({ target }: { target: MessageTarget }) {
  const retry = useRetryMessage(target);
  const run = (): void =>
    retry.mutate(undefined, {
      onSuccess: ({ body }) => {
        if (body.status === 'awaiting_authorization') showToast('wait', 'Not yet: it still waits for the decision.');
      },
      onError: (error) => showToast('bad', errorText(error)),
    });
  return (
    <Button disabled={retry.isPending} onClick={run}>
      {retry.isPending ? 'Trying…' : 'Retry message'}
    </Button>
  );
}
