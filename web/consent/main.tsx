import '../ui/theme.css';
import { lazy, Suspense } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createQueryClient } from '../lib/query-client.ts';
import { mount } from '../lib/mount.tsx';
import { Loading } from '../ui/loading.tsx';
import { SignInPage } from './sign-in-page.tsx';

const ConsentPage = lazy(() => import('./consent-page.tsx').then((loaded) => ({ default: loaded.ConsentPage })));

const WaitingPage = lazy(() =>
  import('./waiting/waiting-page.tsx').then((loaded) => ({ default: loaded.WaitingPage })),
);

/** All three addresses are served with this page; the id is as it stands in the address. */
const [, page, id] = /^\/(consent|waiting)\/([\w:.-]{1,128})$/.exec(location.pathname) ?? [];

mount(
  <QueryClientProvider client={createQueryClient()}>
    {id === undefined ? (
      <SignInPage />
    ) : (
      <Suspense fallback={<Loading label="Loading the request" rows={3} />}>
        {page === 'waiting' ? <WaitingPage id={id} /> : <ConsentPage requestId={id} />}
      </Suspense>
    )}
  </QueryClientProvider>,
);
