import {
  AppWindow,
  ChartColumn,
  Gavel,
  Inbox,
  KeyRound,
  ScrollText,
  ShieldCheck,
  Users,
  Wrench,
  type LucideIcon,
} from 'lucide-react';
import type { UserStatus } from '../../../api/contract/user-status.ts';
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
const adminPages: readonly AdminPage[] = [
  { path: adminPaths.queue, label: 'Queue', icon: Inbox, key: 'q' },
  { path: adminPaths.decisions, label: 'Decisions', icon: Gavel, key: 'd' },
  { path: adminPaths.grants, label: 'Grants', icon: KeyRound, key: 'g' },
  { path: adminPaths.tools, label: 'Tools', icon: Wrench, key: 't' },
  { path: adminPaths.people, label: 'People', icon: Users, key: 'p', overOthers: true },
  { path: adminPaths.clients, label: 'Clients', icon: AppWindow, key: 'c', overOthers: true },
  { path: adminPaths.audit, label: 'Audit', icon: ScrollText, key: 'a', overOthers: true },
  { path: adminPaths.policy, label: 'Policy', icon: ShieldCheck, key: 'l' },
  { path: adminPaths.overview, label: 'Overview', icon: ChartColumn, key: 'o' },
];

/** Whether somebody reads everything: what approvers see is theirs to decide alone. */
export function readsEverything({ roles }: Pick<UserStatus, 'roles'>): boolean {
  return roles.includes('auditor') || roles.includes('admin');
}

/** The pages that open for somebody; the server refuses the others again. */
export function pagesFor(user: Pick<UserStatus, 'roles'>): AdminPage[] {
  return adminPages.filter(({ overOthers }) => overOthers !== true || readsEverything(user));
}
