import { useState } from 'react';
import type { PersonDetail } from '../../../api/contract/people.ts';
import { ExplainedButton } from '../../ui/explained-button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ChangeRolesDialog } from './change-roles-dialog.tsx';
import { RoleNames } from './role-names.tsx';
import { RoleRequest } from './role-request.tsx';
import { useRoleChange } from './use-role-change.ts';
import { whyNot } from './why-not.ts';

/** Somebody's roles, and changing them: a tool call that waits for another person's approval. */
export function RolesPanel({ detail, viewer }: { detail: PersonDetail; viewer: string }) {
  const { person, roles } = detail;
  const [asking, setAsking] = useState(false);
  const change = useRoleChange(person, viewer);
  const waiting = change.request?.status === 'pending' ? 'A change is waiting for another person.' : undefined;
  return (
    <Panel title="Roles">
      <RoleNames roles={person.roles} />
      {change.request !== undefined && <RoleRequest request={change.request} change={change} />}
      <ExplainedButton why={whyNot(person.cannot_change_roles) ?? waiting} onClick={() => setAsking(true)}>
        Change roles…
      </ExplainedButton>
      {asking && <ChangeRolesDialog person={person} known={roles} change={change} onClose={() => setAsking(false)} />}
    </Panel>
  );
}
