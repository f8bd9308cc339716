import { useQuery } from '@tanstack/react-query';
import { isNotFound, isNotSignedIn } from '../lib/api-error.ts';
import { useDocumentTitle } from '../lib/use-document-title.ts';
import { LoadFailure } from '../ui/load-failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { consentQuery } from './consent-query.ts';
import { ConsentView } from './consent-view.tsx';
import { NothingHere } from './nothing-here.tsx';
import { PageFrame } from './page-frame.tsx';

/** Where somebody decides for themselves what an agent may do in their name (`otherwise: self` in the policy). */
export function ConsentPage({ requestId }: { requestId: string }) {
  const consent = useQuery(consentQuery(requestId));
  useDocumentTitle('Your consent · Countersign');
  const signIn = `/sign-in?${new URLSearchParams({ return_to: `/consent/${requestId}` }).toString()}`;
  return (
    <PageFrame asked={consent}>
      {consent.isPending ? (
        <Loading label="Loading the request" rows={3} />
      ) : isNotSignedIn(consent.error) ? (
        <NothingHere title="You are signed out" text="Sign in again to see what is asked." signIn={signIn} />
      ) : consent.data !== undefined ? (
        <ConsentView consent={consent.data} />
      ) : isNotFound(consent.error) ? (
        <NothingHere
          title="Nothing here to decide"
          text="There is no such request, or it is somebody else’s. Only the person who asked can consent to it."
          signIn={signIn}
          signInText="Sign in as somebody else"
        />
      ) : (
        <LoadFailure error={consent.error} onRetry={() => void consent.refetch()} />
      )}
    </PageFrame>
  );
}
