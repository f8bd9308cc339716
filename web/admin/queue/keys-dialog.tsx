import { Fragment } from 'react';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';

const keys = [
  ['J', 'next request'],
  ['K', 'previous request'],
  ['O', 'open the selected request'],
  ['A', 'approve the selected request (asks once more)'],
  ['D', 'deny it with a reason'],
  ['/', 'filter the queue'],
  ['?', 'show these keys'],
  ['Ctrl Enter', 'send, in the dialogs'],
] as const;

/** What the keys do, and the switch that turns the single ones off. */
export function KeysDialog(props: { on: boolean; onChange: (on: boolean) => void; onClose: () => void }) {
  return (
    <Modal title="Keyboard" onClose={props.onClose}>
      <div className="grid gap-4">
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
          {keys.map(([key, meaning]) => (
            <Fragment key={key}>
              <dt>
                <kbd className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 font-mono text-xs">{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </Fragment>
          ))}
        </dl>
        <label className="flex min-h-10 items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={props.on}
            onChange={(event) => props.onChange(event.target.checked)}
            className="size-4 accent-accent"
          />
          Single keys act on the selected request
        </label>
        <div className="flex justify-end">
          <Button onClick={props.onClose}>Close</Button>
        </div>
      </div>
    </Modal>
  );
}
