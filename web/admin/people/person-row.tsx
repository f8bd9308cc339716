import { Link } from 'wouter';
import type { PersonView } from '../../../api/contract/people.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { adminPaths } from '../paths.ts';
import { RoleNames } from './role-names.tsx';

/** One line of the list: who, which roles, what is going on. The whole line is the link. */
export function PersonRow({ person }: { person: PersonView }) {
  return (
    <li className="relative flex min-w-0 flex-wrap items-center justify-between gap-x-6 gap-y-1.5 border-line px-4 py-3 not-first:border-t hover:bg-sunken">
      <div className="grid min-w-0 gap-0.5">
        <p className="flex flex-wrap items-center gap-2">
          <Link
            href={adminPaths.person(person.subject)}
            className="font-semibold wrap-anywhere text-ink no-underline after:absolute after:inset-0"
          >
            {person.name}
          </Link>
          {person.own && <Badge>You</Badge>}
          {person.disabled_at !== null && <Badge tone="bad">Disabled</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-muted">{person.email}</p>
      </div>
      <div className="grid gap-1 sm:justify-items-end">
        <RoleNames roles={person.roles} />
        <p className="text-xs text-muted">
          {[
            ...(person.active_grants === 0 ? [] : [plural(person.active_grants, 'grant')]),
            ...(person.open_requests === 0 ? [] : [`${plural(person.open_requests, 'request')} waiting`]),
            presence(person),
          ].join(' · ')}
          {person.last_signed_in_at !== null && (
            <>
              {', last signed in '}
              <Age since={person.last_signed_in_at} />
            </>
          )}
        </p>
      </div>
    </li>
  );
}

function presence({ sessions, last_signed_in_at: last }: PersonView): string {
  if (sessions > 0) return plural(sessions, 'session');
  return last === null ? 'never signed in' : 'signed out';
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
