import { Fragment } from 'react';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import type { AdminPage } from '../shell/pages.ts';
import { usePages } from '../shell/use-pages.ts';
import { setSingleKeys, useSingleKeys } from './single-keys.ts';

interface Group {
  title: string;
  keys: readonly (readonly [key: string, meaning: string])[];
}

const groupsOf = (pages: readonly AdminPage[]): readonly Group[] => [
  {
    title: 'In the queue',
    keys: [
      ['J', 'next request'],
      ['K', 'previous request'],
      ['O', 'open the selected request'],
      ['A', 'approve the selected request (asks once more)'],
      ['D', 'deny it with a reason'],
      ['X', 'tick it, for a decision on several'],
      ['Shift X', 'tick everything from the last tick to here'],
      ['Shift A', 'approve what is ticked'],
      ['Shift D', 'deny what is ticked'],
      ['/', 'search the queue'],
      ['Esc', 'untick all'],
    ],
  },
  {
    title: 'On a request',
    keys: [
      ['A', 'approve (asks once more)'],
      ['D', 'deny with a reason'],
      ['J', 'next in the queue'],
      ['K', 'previous in the queue'],
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl K', 'search, or go to a page'],
      ...pages.map(({ key, label }) => [`G ${key.toUpperCase()}`, label] as const),
      ['Ctrl Enter', 'send, in the dialogs'],
      ['?', 'show these keys'],
    ],
  },
];

/** What the keys do, and the switch that turns the single ones off. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const on = useSingleKeys();
  const groups = groupsOf(usePages());
  return (
    <Modal title="Keyboard" onClose={onClose}>
      <div className="grid gap-4">
        {groups.map(({ title, keys }) => (
          <section key={title} className="grid gap-2">
            <h3 className="text-sm font-semibold">{title}</h3>
            <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
              {keys.map(([key, meaning]) => (
                <Fragment key={key}>
                  <dt>
                    <kbd className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 font-mono text-xs">
                      {key}
                    </kbd>
                  </dt>
                  <dd>{meaning}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
        <label className="flex min-h-10 items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={on}
            onChange={(event) => setSingleKeys(event.target.checked)}
            className="size-4 accent-accent"
          />
          Keys without Ctrl act. They do so only outside of text fields and dialogs.
        </label>
        <div className="flex justify-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Modal>
  );
}
