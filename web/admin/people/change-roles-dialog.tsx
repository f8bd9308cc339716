import { useId, useRef, useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { PersonView } from '../../../api/contract/people.ts';
import { errorText } from '../../lib/api-error.ts';
import { isTooLong } from '../../lib/text-length.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { WordsArea } from '../../ui/words-area.tsx';
import { changeErrorText, type RoleChange } from './use-role-change.ts';

/** Choosing somebody's roles. */
export function ChangeRolesDialog(props: {
  person: PersonView;
  known: readonly string[];
  change: RoleChange;
  onClose: () => void;
}) {
  const { person, change, onClose } = props;
  const [chosen, setChosen] = useState<readonly string[]>(person.roles);
  const [justification, setJustification] = useState('');
  const field = useId();
  const sent = useRef(false);
  const ask = useMutation({
    mutationFn: () => change.begin([...chosen].sort(), justification.trim()),
    onSuccess: onClose,
    onError: () => (sent.current = false),
  });
  const all = [...new Set([...props.known, ...person.roles])].sort();
  const same = chosen.length === person.roles.length && chosen.every((role) => person.roles.includes(role));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // A double click comes before the button is drawn as disabled.
    if (same || sent.current) return;
    sent.current = true;
    ask.mutate();
  };
  return (
    <Modal title={`Change the roles of ${person.name}`} onClose={onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <p className="text-sm">
          This runs <code className="font-mono">set_user_roles</code>, which needs{' '}
          <code className="font-mono">admin:users</code>: another person has to approve it. Grants that stand on a role
          which is taken away end at once.
        </p>
        <fieldset className="grid gap-1">
          <legend className="mb-1 text-sm font-medium">Roles</legend>
          {all.map((role) => (
            <label key={role} className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={chosen.includes(role)}
                onChange={(event) =>
                  setChosen(event.target.checked ? [...chosen, role] : chosen.filter((other) => other !== role))
                }
              />
              {role}
            </label>
          ))}
        </fieldset>
        <div className="grid gap-1">
          <label htmlFor={field} className="text-sm font-medium">
            Why <span className="font-normal text-muted">(for whoever decides)</span>
          </label>
          <WordsArea id={field} value={justification} onChange={setJustification} />
        </div>
        {ask.isError && (
          <Notice tone="bad" role="alert">
            {changeErrorText(ask.error) ?? errorText(ask.error)}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-4">
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" look="primary" disabled={same || ask.isPending || isTooLong(justification)}>
            {ask.isPending ? 'Asking…' : 'Change roles'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
