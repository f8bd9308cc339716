import { useQuery } from '@tanstack/react-query';
import { isNotFound, isNotSignedIn } from '../../lib/api-error.ts';
import { useLiveUpdates } from '../../lib/use-live-updates.ts';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { NothingHere } from '../nothing-here.tsx';
import { PageFrame } from '../page-frame.tsx';
import { affectedByEvent, stepUpQuery } from './waiting-query.ts';
import { WaitingView } from './waiting-view.tsx';

/** Where somebody waits until what a client asked for in their name has been decided. */
export function WaitingPage({ id }: { id: string }) {
  const stepUp = useQuery(stepUpQuery(id));
  useLiveUpdates(affectedByEvent);
  const signIn = `/sign-in?${new URLSearchParams({ return_to: `/waiting/${id}` }).toString()}`;
  return (
    <PageFrame asked={stepUp}>
      {stepUp.isPending ? (
        <Loading label="Loading what is asked" rows={3} />
      ) : isNotSignedIn(stepUp.error) ? (
        <NothingHere title="You are signed out" text="Sign in again to see how it stands." signIn={signIn} />
      ) : stepUp.data !== undefined ? (
        <WaitingView stepUp={stepUp.data} />
      ) : isNotFound(stepUp.error) ? (
        <NothingHere
          title="Nothing of yours waits here"
          text="It is somebody else’s, or it was long ago. Start again from the app you came from."
          signIn={signIn}
          signInText="Sign in as somebody else"
        />
      ) : (
        <LoadFailure error={stepUp.error} onRetry={() => void stepUp.refetch()} />
      )}
    </PageFrame>
  );
}
