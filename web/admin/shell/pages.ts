import { AppWindow, Gavel, Inbox, KeyRound, Users, type LucideIcon } from 'lucide-react';
import { adminPaths } from '../paths.ts';

/** A page of the dashboard as the navigation, the palette and the keys know it. */
export interface AdminPage {
  path: string;
  label: string;
  icon: LucideIcon;
  /** The letter that opens it after `G`. */
  key: string;
  /** Shown to auditors and admins alone, as the server does. */
  overOthers?: true;
}

/** The pages, in the order of the navigation. */
export const adminPages: readonly AdminPage[] = [
  { path: adminPaths.queue, label: 'Queue', icon: Inbox, key: 'q' },
  { path: adminPaths.grants, label: 'Grants', icon: KeyRound, key: 'g' },
  { path: adminPaths.decisions, label: 'Decisions', icon: Gavel, key: 'd' },
  { path: adminPaths.people, label: 'People', icon: Users, key: 'p', overOthers: true },
  { path: adminPaths.clients, label: 'Clients', icon: AppWindow, key: 'c', overOthers: true },
];
