import { useId, useState } from 'react';
import { Link } from 'wouter';
import type { GrantView } from '../../../api/contract/grants.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { adminPaths } from '../paths.ts';
import { grantStatusLabels } from '../request/labels.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

/** One grant: who holds what until when, or how it ended. */
export function GrantRow({ grant }: { grant: GrantView }) {
  const [revoking, setRevoking] = useState(false);
  const explanation = useId();
  const label = grantStatusLabels[grant.status];
  return (
    <li className="flex min-w-0 flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-xl border border-line bg-surface p-4">
      <div className="grid min-w-0 gap-1.5">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={label.tone}>{label.text}</Badge>
          <strong className="font-semibold wrap-anywhere">{grant.subject_email}</strong>
          {grant.scopes.map((scope) => (
            <ScopeName key={scope} scope={scope} />
          ))}
        </p>
        <p className="text-sm wrap-anywhere text-muted">
          through {grant.client_id}, since <Moment at={grant.granted_at} />
          {grant.status === 'active' ? (
            <>
              , <Countdown until={grant.expires_at} label={`Time left of the grant of ${grant.subject_email}`} />
            </>
          ) : (
            grant.ended_at !== null && (
              <>
                , ended <Moment at={grant.ended_at} />
                {grant.ended_by !== null && <> by {grant.ended_by}</>}
              </>
            )
          )}
          {' · '}
          <Link href={adminPaths.request(grant.request_id)} className="text-accent underline">
            its request
          </Link>
        </p>
      </div>
      {grant.status === 'active' && (
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
      {revoking && <RevokeDialog grant={grant} onClose={() => setRevoking(false)} />}
    </li>
  );
}
