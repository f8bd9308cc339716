import { useRef, useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PersonView } from '../../../api/contract/people.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ExplainedButton } from '../../ui/explained-button.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { peopleKey } from '../queries.ts';
import { whyNot } from './why-not.ts';

/** Closing an account and opening it again. */
export function AccountPanel({ person }: { person: PersonView }) {
  const [asking, setAsking] = useState(false);
  const enabling = useRef(false);
  const queries = useQueryClient();
  const path = `/api/people/${encodeURIComponent(person.subject)}`;
  const refresh = () => queries.invalidateQueries({ queryKey: peopleKey });
  const enable = useMutation({
    mutationFn: () => postJson(`${path}/enable`),
    onSuccess: () => showToast('good', `${person.email} can sign in again`),
    onError: (error) => showToast('bad', errorText(error)),
    onSettled: async () => {
      await refresh();
      enabling.current = false;
    },
  });
  const disable = async (reason: string): Promise<void> => {
    await postJson(`${path}/disable`, reason === '' ? {} : { reason });
    showToast('bad', `Disabled: ${person.email}`);
    await refresh();
  };
  return (
    <>
      {person.disabled_at === null ? (
        <ExplainedButton look="bad" why={whyNot(person.cannot_disable)} onClick={() => setAsking(true)}>
          Disable…
        </ExplainedButton>
      ) : (
        <ExplainedButton
          why={whyNot(person.cannot_disable)}
          disabled={enable.isPending}
          onClick={() => {
            // A double click comes before the button is drawn as disabled.
            if (enabling.current) return;
            enabling.current = true;
            enable.mutate();
          }}
        >
          Enable again
        </ExplainedButton>
      )}
      {asking && (
        <ConfirmDialog
          title={`Disable ${person.name}?`}
          reason="optional"
          action="Disable"
          pending="Disabling…"
          onConfirm={disable}
          onClose={() => setAsking(false)}
        >
          <p>
            At once, {person.email} is signed out everywhere, {countOf(person.open_requests, 'waiting request')} and all
            parked calls are cancelled in your name, and {countOf(person.active_grants, 'grant')} end.
          </p>
          <p>The account can be enabled again later. What ended does not come back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}
