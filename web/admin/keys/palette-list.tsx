import { VisibleText } from '../../ui/visible-text.tsx';
import type { PaletteEntry } from './palette-entry.ts';

/** What the palette offers; the arrows of its text field choose. */
export function PaletteList(props: {
  id: string;
  entries: readonly PaletteEntry[];
  active: number;
  onGo: (entry: PaletteEntry) => void;
}) {
  return (
    <ul id={props.id} role="listbox" aria-label="Where to" className="grid max-h-104 overflow-y-auto">
      {props.entries.map((entry, index) => (
        <li
          key={entry.id}
          id={`${props.id}-${index}`}
          role="option"
          aria-selected={index === props.active}
          ref={(element) => {
            if (index === props.active) element?.scrollIntoView({ block: 'nearest' });
          }}
          onClick={() => props.onGo(entry)}
          className="flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm hover:bg-sunken aria-selected:bg-accent-soft aria-selected:text-accent"
        >
          <entry.icon aria-hidden className="size-4 shrink-0" />
          <span className="min-w-0 flex-1 truncate">
            <VisibleText text={entry.label} />
          </span>
          <span className="shrink-0 text-xs text-muted pointer-coarse:hidden">{entry.hint}</span>
        </li>
      ))}
    </ul>
  );
}
