import { useId, useState, type KeyboardEvent } from 'react';
import { useQuery } from '@tanstack/react-query';
import { CornerDownLeft, FileText, Search } from 'lucide-react';
import { useLocation } from 'wouter';
import { useDebounced } from '../../lib/use-debounced.ts';
import { fieldClass } from '../../ui/field.ts';
import { Modal } from '../../ui/modal.tsx';
import { adminPaths } from '../paths.ts';
import { foundRequestsQuery } from '../queries.ts';
import { formatQueueFilter } from '../queue/queue-filter.ts';
import { usePages } from '../shell/use-pages.ts';
import type { PaletteEntry } from './palette-entry.ts';
import { PaletteList } from './palette-list.tsx';

/** Goes to a page or to a waiting request by a few letters: a combobox whose list is always open. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const list = useId();
  const pages = usePages();
  const words = text.trim();
  const searched = useDebounced(words, 150);
  const found = useQuery({ ...foundRequestsQuery(searched), enabled: searched !== '' });
  const entries: PaletteEntry[] = [
    ...pages
      .filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()))
      .map(({ path, label, icon, key }) => ({ id: path, path, icon, label, hint: `G ${key.toUpperCase()}` })),
    ...(searched === '' ? [] : (found.data?.requests ?? [])).map((request) => ({
      id: request.request_id,
      path: adminPaths.request(request.request_id),
      icon: FileText,
      label: `${request.subject_email}: ${request.tool_name ?? request.scopes.join(' ')}`,
      hint: 'waiting',
    })),
    ...(words === ''
      ? []
      : [
          {
            id: 'search',
            path: `${adminPaths.queue}${formatQueueFilter({ q: words })}`,
            icon: Search,
            label: `Search the queue for “${words}”`,
            hint: '',
          },
        ]),
  ];
  const active = Math.min(at, entries.length - 1);
  const go = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    navigate(entry.path);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.nativeEvent.isComposing) return;
    if (step !== undefined) setAt((active + step + entries.length) % entries.length);
    else if (event.key === 'Enter' && !event.repeat) go(entries[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal title="Search or go to" onClose={onClose}>
      <div className="grid gap-3">
        <input
          type="text"
          role="combobox"
          aria-label="A page, or words of a waiting request"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={entries[active] === undefined ? undefined : `${list}-${active}`}
          aria-autocomplete="list"
          autoComplete="off"
          placeholder="A page, or words of a waiting request"
          data-initial-focus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className={fieldClass}
        />
        <PaletteList id={list} entries={entries} active={active} onGo={go} />
        <p className="flex items-center gap-1.5 text-xs text-muted pointer-coarse:hidden">
          <CornerDownLeft aria-hidden className="size-3.5" /> opens, arrows choose, Esc closes
        </p>
      </div>
    </Modal>
  );
}
