import { useEffect, useRef, type ReactNode } from 'react';
import { X } from 'lucide-react';
import { Button } from '../../ui/button.tsx';

/** A native modal dialog at the left edge, for phones. */
export function Drawer(props: { label: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={props.label}
      onClose={props.onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) props.onClose();
      }}
      className="m-0 h-dvh max-h-none w-[min(19rem,88vw)] max-w-none border-r border-line bg-surface"
    >
      <div className="relative h-full">
        <Button look="quiet" aria-label="Close the list" className="absolute top-2 right-2" onClick={props.onClose}>
          <X aria-hidden />
        </Button>
        {props.children}
      </div>
    </dialog>
  );
}
