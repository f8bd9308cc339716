import { useState } from 'react';
import { Hourglass, Pencil, Trash2 } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { ChatSessionList } from '../../../api/contract/chat.ts';
import { Age } from '../../ui/age.tsx';
import { Button } from '../../ui/button.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { VisibleText } from '../../ui/visible-text.tsx';
import { chatPaths } from '../paths.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';

/** One conversation in the list, with what can be done with it. */
export function ConversationRow(props: { session: ChatSessionList['sessions'][number]; onChosen: () => void }) {
  const { session } = props;
  const [location, navigate] = useLocation();
  const [dialog, setDialog] = useState<'rename' | 'delete'>();
  const path = chatPaths.conversation(session.session_id);
  const close = (): void => setDialog(undefined);
  const onDeleted = (): void => {
    close();
    showToast('neutral', 'The conversation was deleted.');
    if (location === path) navigate(chatPaths.newConversation, { replace: true });
  };
  return (
    <li className="group quiet-motion relative rounded-lg hover:bg-sunken has-[[aria-current=page]]:bg-accent-soft">
      <Link
        href={path}
        onClick={props.onChosen}
        aria-current={location === path ? 'page' : undefined}
        className="block rounded-lg py-2 pr-3 pl-3 text-sm pointer-coarse:pr-24"
      >
        <span className="line-clamp-2 wrap-anywhere">
          <VisibleText text={session.title} />
        </span>
        <span className="mt-0.5 flex items-center gap-2 text-xs text-muted">
          <Age since={session.updated_at} />
          {session.waiting && (
            <span className="inline-flex items-center gap-1 font-medium text-wait">
              <Hourglass aria-hidden className="size-3" /> waiting
            </span>
          )}
        </span>
      </Link>
      <div className="absolute top-1/2 right-1 flex -translate-y-1/2 rounded-lg bg-surface opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:bg-transparent pointer-coarse:opacity-100">
        <Button
          look="quiet"
          className="px-2"
          aria-label={`Rename “${session.title}”`}
          title="Rename"
          onClick={() => setDialog('rename')}
        >
          <Pencil aria-hidden />
        </Button>
        <Button
          look="quiet"
          className="px-2"
          aria-label={`Delete “${session.title}”`}
          title="Delete"
          onClick={() => setDialog('delete')}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
      {dialog === 'rename' && <RenameDialog sessionId={session.session_id} title={session.title} onClose={close} />}
      {dialog === 'delete' && (
        <DeleteDialog
          sessionId={session.session_id}
          title={session.title}
          waiting={session.waiting}
          onClose={close}
          onDeleted={onDeleted}
        />
      )}
    </li>
  );
}
