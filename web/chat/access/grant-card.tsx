import { useId, useState } from 'react';
import type { AccessGrant } from '../../../api/contract/access.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { clientLabel } from '../../ui/client-label.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ScopeName } from '../../ui/scope-name.tsx';
import { GrantCalls } from './grant-calls.tsx';
import { GrantReasons } from './grant-reasons.tsx';
import { grantLabels } from './labels.ts';
import { ReturnDialog } from './return-dialog.tsx';

/** One grant of one's own: what, until when, why; handing it back; what ran under it. */
export function GrantCard({ grant }: { grant: AccessGrant }) {
  const [returning, setReturning] = useState(false);
  const explanation = useId();
  const label = grantLabels[grant.status];
  const active = grant.status === 'active';
  return (
    <li className="grid min-w-0 gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1.5">
          <p className="flex flex-wrap items-center gap-2">
            {grant.scopes.map((scope) => (
              <ScopeName key={scope} scope={scope} />
            ))}
            <Badge tone={label.tone}>{label.text}</Badge>
          </p>
          <p className="text-sm text-muted">
            since <Moment at={grant.granted_at} />
            {active ? (
              <>
                , until <Moment at={grant.expires_at} /> ·{' '}
                <Countdown until={grant.expires_at} label={`Time left of ${grant.scopes.join(' ')}`} />
              </>
            ) : (
              <>
                , ended <Moment at={grant.ended_at ?? grant.expires_at} />
                {grant.status === 'revoked' && grant.ended_by !== null && <> by {grant.ended_by}</>}
              </>
            )}
          </p>
        </div>
        {active && (
          <div className="grid gap-1">
            <Button disabled={!grant.can_return} aria-describedby={explanation} onClick={() => setReturning(true)}>
              Hand back…
            </Button>
            <p id={explanation} className="max-w-44 text-xs text-muted empty:hidden">
              {grant.can_return ? '' : `Held by ${clientLabel(grant.client)}, which can hand it back.`}
            </p>
          </div>
        )}
      </div>
      <GrantReasons grant={grant} />
      <GrantCalls grantId={grant.grant_id} count={grant.calls} scopes={grant.scopes} />
      {returning && <ReturnDialog grant={grant} onClose={() => setReturning(false)} />}
    </li>
  );
}
