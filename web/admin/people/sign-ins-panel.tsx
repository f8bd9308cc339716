import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PersonDetail } from '../../../api/contract/people.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ExplainedButton } from '../../ui/explained-button.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/panel.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { peopleKey } from '../queries.ts';

const kinds = { dashboard: 'Signed in here', chat: 'Signed in at the chat' } as const;

/** Where somebody is signed in; each can be ended, or all at once. */
export function SignInsPanel({ detail: { person, sign_ins: signIns } }: { detail: PersonDetail }) {
  const queries = useQueryClient();
  const base = `/api/people/${encodeURIComponent(person.subject)}`;
  const end = useMutation({
    mutationFn: (path: string) => postJson(path),
    onSuccess: (_answer, path) =>
      showToast('bad', path.endsWith('end-sessions') ? `${person.email} is signed out everywhere` : 'Session ended'),
    onError: (error) => showToast('bad', errorText(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: peopleKey }),
  });
  const why = person.cannot_change_roles === 'not_admin' ? 'Only admins can end sessions.' : undefined;
  return (
    <Panel title="Sessions">
      {signIns.length === 0 ? (
        <p className="text-sm text-muted">
          {person.last_signed_in_at === null ? 'Never signed in.' : 'Signed in nowhere.'}
        </p>
      ) : (
        <ul aria-label="Sessions" className="grid gap-3">
          {signIns.map((signIn) => (
            <li key={signIn.session_id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
              <div>
                <p className="flex flex-wrap items-center gap-2">
                  {kinds[signIn.kind]}
                  {signIn.current && <Badge>This one</Badge>}
                </p>
                <p className="text-muted">
                  <Moment at={signIn.signed_in_at} />, until <Moment at={signIn.expires_at} /> at the latest
                </p>
              </div>
              {why === undefined && (
                <Button
                  disabled={end.isPending}
                  aria-label={`End: ${kinds[signIn.kind]}, ${signIn.signed_in_at}`}
                  onClick={() => end.mutate(`${base}/sessions/${encodeURIComponent(signIn.session_id)}/end`)}
                >
                  End
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {signIns.length > 0 && (
        <ExplainedButton
          look="bad"
          why={why}
          disabled={end.isPending}
          onClick={() => end.mutate(`${base}/end-sessions`)}
        >
          End all sessions
        </ExplainedButton>
      )}
    </Panel>
  );
}
