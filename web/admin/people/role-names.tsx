import { Badge } from '../../ui/badge.tsx';

/** Somebody's roles; the one that decides over others stands out. */
export function RoleNames({ roles }: { roles: readonly string[] }) {
  if (roles.length === 0) return <p className="text-sm text-muted">No roles</p>;
  return (
    <ul aria-label="Roles" className="flex flex-wrap gap-1.5">
      {roles.map((role) => (
        <li key={role}>
          <Badge tone={role === 'admin' ? 'wait' : 'neutral'}>{role}</Badge>
        </li>
      ))}
    </ul>
  );
}
