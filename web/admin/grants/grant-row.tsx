import { useId, useState } from 'react';
import { Link } from 'wouter';
import type { GrantView } from '../../../api/contract/grants.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ClientName } from '../../ui/client-name.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { adminPaths } from '../paths.ts';
import { grantStatusLabels } from '../request/labels.ts';
import { GrantLife } from './grant-life.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

/** What a list of grants can do with one of them. */
interface InList {
  ticked: boolean;
  onTick: (on: boolean) => void;
  /** Narrows the list to this holder. */
  onPerson: () => void;
}

/** One grant: who holds what until when, or how it ended. */
export function GrantRow({ grant, inList }: { grant: GrantView; inList?: InList }) {
  const [revoking, setRevoking] = useState(false);
  const explanation = useId();
  const label = grantStatusLabels[grant.status];
  const active = grant.status === 'active';
  return (
    <li className="flex min-w-0 flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex min-w-0 gap-3">
        {inList !== undefined && active && grant.can_revoke && (
          <input
            type="checkbox"
            aria-label={`Tick the grant of ${grant.scopes.join(' ')} to ${grant.subject_email}`}
            checked={inList.ticked}
            onChange={(event) => inList.onTick(event.target.checked)}
            className="mt-0.5 size-5 shrink-0 accent-accent"
          />
        )}
        <div className="grid min-w-0 gap-1.5">
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone={label.tone}>{label.text}</Badge>
            {inList === undefined ? (
              <strong className="font-semibold wrap-anywhere">{grant.subject_email}</strong>
            ) : (
              <button
                type="button"
                aria-label={`Only grants of ${grant.subject_email}`}
                onClick={inList.onPerson}
                className="rounded text-left font-semibold wrap-anywhere hover:underline"
              >
                {grant.subject_email}
              </button>
            )}
            {grant.scopes.map((scope) => (
              <ScopeName key={scope} scope={scope} />
            ))}
          </p>
          <p className="text-sm wrap-anywhere text-muted">
            through <ClientName client={grant.client} />, <GrantLife grant={grant} />
            {' · '}
            <Link href={adminPaths.request(grant.request_id)} className="text-accent underline">
              why
            </Link>
            {' · '}
            <Link href={adminPaths.grant(grant.grant_id)} className="text-accent underline">
              what ran
            </Link>
          </p>
        </div>
      </div>
      {active && (
        <div className="grid gap-1">
          <Button
            look="bad"
            disabled={!grant.can_revoke}
            aria-describedby={explanation}
            onClick={() => setRevoking(true)}
          >
            Revoke…
          </Button>
          <p id={explanation} className="max-w-48 text-xs text-muted empty:hidden">
            {grant.can_revoke ? '' : 'Only approvers of these scopes can revoke it.'}
          </p>
        </div>
      )}
      {revoking && <RevokeDialog what={{ grants: [grant] }} onClose={() => setRevoking(false)} />}
    </li>
  );
}
