import { useEffect, useId, useRef, type ReactNode } from 'react';

/**
 * A native modal dialog: the browser keeps focus inside, closes it on Escape and gives focus back. Focus starts on the
 * element with `autoFocus`, else on the heading: never on what commits something.
 */
export function Modal(props: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const headingId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    element.showModal();
    const wanted = element.querySelector<HTMLElement>('[data-initial-focus]');
    (wanted ?? heading.current)?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={headingId}
      onClose={props.onClose}
      className="max-h-[92dvh] w-[min(36rem,calc(100vw-1.5rem))] overflow-y-auto rounded-2xl border border-line bg-surface p-5 shadow-2xl"
    >
      <h2 ref={heading} id={headingId} tabIndex={-1} className="mb-3 text-lg font-semibold wrap-anywhere outline-none">
        {props.title}
      </h2>
      {props.children}
    </dialog>
  );
}
