import type { LucideIcon } from 'lucide-react';

/** One thing that the palette can open. */
export interface PaletteEntry {
  id: string;
  path: string;
  icon: LucideIcon;
  label: string;
  hint: string;
}
