import type { GrantView } from '../../../api/contract/grants.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Moment } from '../../ui/moment.tsx';

/** Since when a grant is, and how long it lasts or how it ended. */
export function GrantLife({ grant }: { grant: GrantView }) {
  return (
    <>
      since <Moment at={grant.granted_at} />
      {grant.status === 'active' ? (
        <>
          , until <Moment at={grant.expires_at} />,{' '}
          <Countdown until={grant.expires_at} label={`Time left of the grant of ${grant.subject_email}`} />
        </>
      ) : (
        <>
          , ended <Moment at={grant.ended_at ?? grant.expires_at} />
          {grant.ended_by !== null && <> by {grant.ended_by}</>}
        </>
      )}
    </>
  );
}
